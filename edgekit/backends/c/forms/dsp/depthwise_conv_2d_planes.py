"""Depthwise convolution of at most 3x3 taps, planes of four channels: `firmware/src/depthwise_conv_2d_planes_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._planes import GROUP, KEPT, applies, blocks_across, lines_of, square
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "depthwise_conv_2d", "depthwise_conv_2d_planes_dsp"
TAPS, PARTS = 3, 3
STRIDES = {1: "depthwise_conv_2d_planes", 2: "depthwise_conv_2d_planes_two"}
PITCH = 1 << 14  # bytes of a row of words; twice as many, or less than none, share a register with a weight
# Instructions: blocks, a column of them, eight values transposed; with stride 2 blocks, a line of them, a channel.
THREE, TWO, COLUMN, EIGHT = 68, 48, 13, 14
BLOCK, LINE, CHANNEL = 52, 16, 65
MEMORY = 6 << 10  # bytes, up to which half an input may be taken where an output is less


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    fields = call.fields
    height, width, stride = (int(fields[name]) for name in ("kernel_h", "kernel_w", "stride_h"))  # type: ignore[arg-type]
    if max(height, width) > TAPS or stride not in STRIDES or not applies(layer, call):
        return None
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, sides = x.shape[3], (y.shape[1], y.shape[2])
    if not {fields["pad_top"], fields["pad_left"]} <= {0, 1}:
        return None
    weights = square(layer, TAPS)
    real, bias = effective_scale(x, w, y), bias_of(layer, channels)
    folded = fold(weights.reshape(channels, -1), bias, x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    turned = _cost(sides[1], sides[0], stride) < _cost(*sides, stride)
    out_lines, out_columns = reversed(sides) if turned else sides
    lines = lines_of(layer, call, turned)
    row = 4 * GROUP * (stride * (out_columns - 1) + TAPS)
    rows = _rows(out_lines, stride)
    if parts(lines["lines"], lines["pad_line"], rows) > PARTS or not pitch_fits(row // GROUP, stride):
        return None
    lines["threes"], lines["twos"] = _blocks(out_columns, stride)
    most = y.elements // y.shape[0]  # no more memory than an output beside the input
    if stride == 2:
        most = max(most, min(x.elements // x.shape[0] // 2, MEMORY))
    lines["band"] = band = _band(out_lines, out_columns, stride, most // row)

    def made(kernel: str, of: Folded) -> Call:
        taps = of.weights.reshape(weights.shape)
        words = _pack(taps if turned else taps.transpose(0, 2, 1))
        constants = np.column_stack([words, of.multiplier, of.divider, of.start]).astype(np.int32)
        return Call(
            kernel,
            {**{name: fields[name] for name in KEPT}, **lines, "constants": constants},
            scratch=row * _rows(2 * band + out_lines % 2 if stride == 1 else band, stride),
            in_place=(0,) if stride == 1 and x.shape == y.shape else (),
            source=FILE,
        )

    line, kernel = one_line(folded, real, clamp_of(call), y.zero_point), STRIDES[stride]
    return [*([made(f"{kernel}_relu_dsp", line)] if line else []), made(f"{kernel}_dsp", folded)]


def parts(lines: int, pad: int, rows: int) -> int:
    """Of rows of words, two lines of the padded input, at the most: one with the padding before, those that are all
    inside, and each of those with lines behind the input."""
    return pad + 1 + max(0, rows - (lines + pad) // 2)


def _rows(out_lines: int, stride: int) -> int:
    """Of words, for so many lines of outputs."""
    return out_lines // 2 + 1 + out_lines % 2 if stride == 1 else out_lines + 1


def _blocks(columns: int, stride: int) -> tuple[int, int]:
    """Columns of blocks of three outputs, and of two; with stride 2 three are two of two, of which one is in both."""
    if stride == 2:
        return columns % 2, columns // 2 - columns % 2
    return blocks_across(columns)


def _cost(lines: int, columns: int, stride: int) -> int:
    """Instructions of four channels; with stride 1 those of a last line alone are a little more than the half."""
    threes, twos = _blocks(columns, stride)
    if stride == 2:
        blocks = (lines + 1 >> 1) * (BLOCK * (2 * threes + twos) + LINE)
    else:
        blocks = round((lines // 2 + 0.6 * (lines % 2)) * (threes * THREE + twos * TWO) + COLUMN * (threes + twos))
    return GROUP * blocks + _rows(lines, stride) * stride * columns * EIGHT


def _band(lines: int, columns: int, stride: int, rows: int) -> int:
    """Rows of words that outputs begin in, where there is memory for so many rows; with stride 2 two at the least, also
    in the last band, and as the fewest instructions want it."""
    if stride == 1:
        return max(1, min(lines // 2, rows - 1 - lines % 2))
    allowed = [band for band in range(2, lines + 1) if lines % band != 1]
    line = (columns + 1 >> 1) * BLOCK + LINE

    def cost(band: int) -> tuple[int, int]:
        whole, rest = divmod(lines, band)
        pairs, bands = whole * (band + 1 >> 1) + (rest + 1 >> 1), whole + (rest > 0)
        return GROUP * (pairs * line + bands * CHANNEL) + bands * 2 * columns * EIGHT, band

    return min([band for band in allowed if band < rows] or allowed[:1], key=cost)


def pitch_fits(pitch: int, stride: int) -> bool:
    return stride == 1 or pitch < PITCH


def _pack(weights: NDArray[Any]) -> NDArray[np.int32]:
    """(channels, columns, lines) to (channels, 3): words w0, w1, w1, w2, which SXTB16 makes (w0, w1) and (w1, w2)."""
    return np.ascontiguousarray(weights[:, :, (0, 1, 1, 2)]).view(np.int32)[..., 0]
