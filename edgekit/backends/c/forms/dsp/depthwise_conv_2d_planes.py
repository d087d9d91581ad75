"""Depthwise convolution of at most 3x3 taps, planes of four channels: `firmware/src/depthwise_conv_2d_planes_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "depthwise_conv_2d", "depthwise_conv_2d_planes_dsp"
GROUP, TAPS, PARTS = 4, 3, 3
KEPT = ("batches", "in_zero", "out_zero", "low", "high")
THREE, TWO, COLUMN, EIGHT = 68, 48, 13, 14  # instructions: blocks, a column of them, eight values transposed


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    fields = call.fields
    height, width = (int(fields[name]) for name in ("kernel_h", "kernel_w"))  # type: ignore[arg-type]
    apart = [fields[f"stride_{side}"] != 1 for side in "hw"]
    spread = [fields[f"dilation_{side}"] != 1 and fields[f"kernel_{side}"] != 1 for side in "hw"]
    if max(height, width) > TAPS or fields["depth_multiplier"] != 1 or any(apart) or any(spread):
        return None
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, sides = x.shape[3], (y.shape[1], y.shape[2])
    if channels % GROUP or min(sides) == 1 or not {fields["pad_top"], fields["pad_left"]} <= {0, 1}:
        return None
    weights = np.zeros((channels, TAPS, TAPS), np.int8)
    weights[:, :height, :width] = layer.data(1)[0].transpose(2, 0, 1)
    real, bias = effective_scale(x, w, y), bias_of(layer, channels)
    folded = fold(weights.reshape(channels, -1), bias, x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    turned = _cost(*reversed(sides)) < _cost(*sides)
    out_lines, out_columns = reversed(sides) if turned else sides
    lines: dict[str, Any] = {"channels": channels, "out_lines": out_lines}
    for name, side in zip(("line", "column"), "wh" if turned else "hw", strict=True):
        lines[f"{name}s"] = fields[f"in_{side}"]
        lines[f"pad_{name}"] = fields["pad_top" if side == "h" else "pad_left"]
        for prefix, shape in (("", x.shape), ("out_", y.shape)):
            lines[f"{prefix}{name}_step"] = channels * (shape[2] if side == "h" else 1)
    if parts(lines["lines"], lines["pad_line"], out_lines) > PARTS:
        return None
    lines["threes"], lines["twos"] = _blocks(out_columns)
    row = 4 * GROUP * (out_columns - 1 + TAPS)
    rows = y.elements // y.shape[0] // row  # no more memory than an output beside the input
    lines["band"] = band = max(1, min(out_lines // 2, rows - 1 - out_lines % 2))

    def made(kernel: str, of: Folded) -> Call:
        taps = of.weights.reshape(weights.shape)
        words = _pack(taps if turned else taps.transpose(0, 2, 1))
        constants = np.column_stack([words, of.multiplier, of.divider, of.start]).astype(np.int32)
        return Call(
            kernel,
            {**{name: fields[name] for name in KEPT}, **lines, "constants": constants},
            scratch=row * (band + 1 + out_lines % 2),
            in_place=(0,) if x.shape == y.shape else (),
            source=FILE,
        )

    line = one_line(folded, real, clamp_of(call), y.zero_point)
    return [*([made("depthwise_conv_2d_planes_relu_dsp", line)] if line else []), made(FILE, folded)]


def parts(lines: int, pad: int, out_lines: int) -> int:
    """Of pairs of lines of the padded input at the most: one with the padding before, those that are all inside, and
    each of those with lines behind the input."""
    pairs = out_lines // 2 + 1 + out_lines % 2
    return pad + 1 + max(0, pairs - (lines + pad) // 2)


def _blocks(columns: int) -> tuple[int, int]:
    """Columns of blocks of three outputs, and of two."""
    twos = -columns % 3
    return (columns - 2 * twos) // 3, twos


def _cost(lines: int, columns: int) -> int:
    """Instructions of four channels; those of a last line alone are a little more than the half."""
    threes, twos = _blocks(columns)
    blocks = (lines // 2 + 0.6 * (lines % 2)) * (threes * THREE + twos * TWO) + COLUMN * (threes + twos)
    return round(GROUP * blocks + (lines // 2 + 1 + lines % 2) * columns * EIGHT)


def _pack(weights: NDArray[Any]) -> NDArray[np.int32]:
    """(channels, columns, lines) to (channels, 3): words w0, w1, w1, w2, which SXTB16 makes (w0, w1) and (w1, w2)."""
    return np.ascontiguousarray(weights[:, :, (0, 1, 1, 2)]).view(np.int32)[..., 0]
