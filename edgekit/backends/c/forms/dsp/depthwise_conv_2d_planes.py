"""Depthwise convolution of at most 3x3 taps, planes of four channels: `firmware/src/depthwise_conv_2d_planes_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "depthwise_conv_2d", "depthwise_conv_2d_planes_dsp"
GROUP, TAPS = 4, 3
STRIDES = {1: "", 2: "_apart"}
KEPT = ("batches", "in_zero", "out_zero", "low", "high")
BLOCKS = {1: (68, 48), 2: (41, 30)}  # instructions of a block of three columns and of two
COLUMN, EIGHT = 15, 15  # of a column of blocks; of eight values transposed


def form(layer: Layer, call: Call) -> list[Call] | None:
    """All strips at a time where that takes no more memory than the output, and one; None where the kernel's conditions
    do not hold."""
    fields = call.fields
    height, width, stride = (int(fields[name]) for name in ("kernel_h", "kernel_w", "stride_h"))  # type: ignore[arg-type]
    spread = [fields[f"dilation_{side}"] != 1 and fields[f"kernel_{side}"] != 1 for side in "hw"]
    if max(height, width) > TAPS or stride not in STRIDES or stride != fields["stride_w"] or any(spread):
        return None
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels = x.shape[3]
    if fields["depth_multiplier"] != 1 or channels % GROUP or not {fields["pad_top"], fields["pad_left"]} <= {0, 1}:
        return None
    sides = [side for side in ((y.shape[1], y.shape[2], False), (y.shape[2], y.shape[1], True)) if side[1] > 1]
    if not sides:
        return None
    weights = np.zeros((channels, TAPS, TAPS), np.int8)
    weights[:, :height, :width] = layer.data(1)[0].transpose(2, 0, 1)
    real, bias = effective_scale(x, w, y), bias_of(layer, channels)
    folded = fold(weights.reshape(channels, -1), bias, x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    out_lines, out_columns, turned = min(sides, key=lambda side: _cost(side[0], side[1], stride))
    lines: dict[str, Value] = {"out_lines": out_lines}
    for name, side in zip(("line", "column"), "wh" if turned else "hw", strict=True):
        lines[f"{name}s"] = fields[f"in_{side}"]
        lines[f"pad_{name}"] = fields["pad_top" if side == "h" else "pad_left"]
        for prefix, shape in (("", x.shape), ("out_", y.shape)):
            lines[f"{prefix}{name}_step"] = channels * (shape[2] if side == "h" else 1)
    lines["threes"], lines["twos"] = _blocks(out_columns)
    row = GROUP * 4 * ((out_columns - 1) * stride + TAPS)
    strips = -(-out_lines // (3 - stride))
    most = y.elements // y.shape[0] // row - 1  # an output in place of the input is like one beside it

    def made(kernel: str, of: Folded, band: int) -> Call:
        packed = of.weights.reshape(weights.shape).transpose(0, 2, 1) if not turned else of.weights.reshape(weights.shape)
        return Call(
            kernel,
            {
                **{name: fields[name] for name in KEPT}, "channels": channels, **lines, "band": band,
                "constants": np.concatenate([_pack(packed), np.stack([of.multiplier, of.divider, of.start], 1)], 1).astype(np.int32),
            },  # fmt: skip
            scratch=row * (band + 1),
            in_place=(0,) if stride == 1 and x.shape == y.shape else (),
            source=FILE,
        )

    line = one_line(folded, real, clamp_of(call), y.zero_point)
    kernels = [("relu_", line), ("", folded)]
    bands = sorted({max(1, min(strips, most)), 1}, reverse=True)
    return [
        made(f"depthwise_conv_2d_planes{STRIDES[stride]}_{name}dsp", of, band)
        for name, of in kernels
        for band in bands
        if of is not None
    ]


def _blocks(columns: int) -> tuple[int, int]:
    """Columns of blocks of three outputs, and of two."""
    twos = -columns % 3
    return (columns - 2 * twos) // 3, twos


def _cost(lines: int, columns: int, stride: int) -> int:
    strips = -(-lines // (3 - stride))
    threes, twos = _blocks(columns)
    blocks = threes * BLOCKS[stride][0] + twos * BLOCKS[stride][1]
    return GROUP * (strips * blocks + COLUMN * (threes + twos)) + (strips + 1) * columns * stride * EIGHT


def _pack(weights: NDArray[Any]) -> NDArray[np.int32]:
    """(channels, columns, lines) to (channels, 3): words of w0, w1, w1, w2, which SXTB16 makes (w0, w1) and (w1, w2)."""
    return np.ascontiguousarray(weights[:, :, (0, 1, 1, 2)]).view(np.int32)[..., 0]
