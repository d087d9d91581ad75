"""Depthwise convolution of at most 3x3 taps, stride 1 or 2: `firmware/src/depthwise_conv_2d_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

FILE = "depthwise_conv_2d_dsp"
TAPS = 3
STRIDES = (1, 2)
KEPT = ("batches", "depth_multiplier", "in_zero", "out_zero", "low", "high")
STRIP = 64  # bytes for a pair of columns: four lines of four channels
WEIGHTS = 160  # bytes: of four channels, one output of each
INSTRUCTIONS = {1: 51, 2: 32}  # of a block of outputs
CHANNEL = 19  # instructions for each channel of a strip


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    fields = call.fields
    height, width, stride = (int(fields[name]) for name in ("kernel_h", "kernel_w", "stride_h"))  # type: ignore[arg-type]
    spread = [fields[f"dilation_{side}"] != 1 and fields[f"kernel_{side}"] != 1 for side in "hw"]
    if max(height, width) > TAPS or stride not in STRIDES or stride != fields["stride_w"] or any(spread):
        return None
    if not {fields["pad_top"], fields["pad_left"]} <= {0, 1}:
        return None
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, outputs = x.shape[3], y.shape[3]
    weights = np.zeros((outputs, TAPS, TAPS), np.int8)
    weights[:, :height, :width] = layer.data(1)[0].transpose(2, 0, 1)
    real, bias = effective_scale(x, w, y), bias_of(layer, outputs)
    folded = fold(weights.reshape(outputs, -1), bias, x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    weights = folded.weights.reshape(weights.shape)
    turned = _turned(y.shape[1], y.shape[2], stride)
    lines: dict[str, Value] = {"channels": channels, "stride": stride}
    for name, side in zip(("line", "column"), "wh" if turned else "hw", strict=True):
        for prefix, key, shape in (("", "in", x.shape), ("out_", "out", y.shape)):
            lines[f"{prefix}{name}s"] = fields[f"{key}_{side}"]
            lines[f"{prefix}{name}_step"] = shape[3] * (shape[2] if side == "h" else 1)
        lines[f"pad_{name}"] = fields["pad_top" if side == "h" else "pad_left"]
    words = _words(y.shape[1] if turned else y.shape[2], stride)
    constants: dict[str, Value] = {"words": words, "weights": _pack(weights.transpose(0, 2, 1) if turned else weights)}

    def made(kernel: str, of: Folded) -> Call:
        constants["constants"] = np.stack([of.multiplier, of.divider, of.start], axis=1).astype(np.int32)
        return Call(
            kernel,
            {**{name: fields[name] for name in KEPT}, **lines, **constants},
            scratch=STRIP * words + WEIGHTS * outputs // channels,
            in_place=(0,) if stride == 1 and x.shape == y.shape else (),
            source=FILE,
        )

    line = one_line(folded, real, clamp_of(call), y.zero_point)
    return [*([made("depthwise_conv_2d_relu_dsp", line)] if line else []), made(FILE, folded)]


def _words(columns: int, stride: int) -> int:
    """Pairs of columns that blocks of two outputs read."""
    return stride * -(-columns // 2) + 1


def _turned(height: int, width: int, stride: int) -> bool:
    """Whether columns as lines take fewer instructions."""

    def cost(lines: int, columns: int) -> int:
        strips = -(-lines // 2) if stride == 1 else lines
        return strips * (-(-columns // 2) * INSTRUCTIONS[stride] + CHANNEL * (1 + columns % 2))

    return cost(width, height) < cost(height, width)


def _pack(weights: NDArray[Any]) -> NDArray[np.int32]:
    """(outputs, 3, 3) to (outputs, 3): words of w0, w1, w1, w2, which SXTB16 makes (w0, w1) and (w1, w2)."""
    return np.ascontiguousarray(weights[:, :, (0, 1, 1, 2)]).view(np.int32)[..., 0]
