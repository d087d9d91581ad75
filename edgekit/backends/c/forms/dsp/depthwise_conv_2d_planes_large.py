"""Depthwise convolution of up to 7x7 taps, planes of four channels: `firmware/src/depthwise_conv_2d_planes_large_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._planes import GROUP, KEPT, applies, blocks_across, lines_of, square
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "depthwise_conv_2d", "depthwise_conv_2d_planes_large_dsp"
SMALL = 3  # taps a side, for which there is a kernel of its own
NAMES = {5: "five", 7: "seven"}
# Instructions: blocks of 5x5 taps, a column of them, eight values transposed.
THREE, TWO, COLUMN, EIGHT = 136, 99, 13, 14


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    fields = call.fields
    height, width = (int(fields[name]) for name in ("kernel_h", "kernel_w"))  # type: ignore[arg-type]
    taps = next((taps for taps in NAMES if max(height, width) <= taps), 0)
    if not taps or max(height, width) <= SMALL or fields["stride_h"] != 1 or not applies(layer, call):
        return None
    below = taps // 2  # rows of words that a strip reads beside its first one
    if not {fields["pad_top"], fields["pad_left"]} <= {*range(below + 1)}:
        return None
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, sides = x.shape[3], (y.shape[1], y.shape[2])
    weights = square(layer, taps)
    real, bias = effective_scale(x, w, y), bias_of(layer, channels)
    folded = fold(weights.reshape(channels, -1), bias, x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    turned = _cost(sides[1], sides[0], below) < _cost(*sides, below)
    out_lines, out_columns = reversed(sides) if turned else sides
    lines = lines_of(layer, call, turned)
    lines["threes"], lines["twos"] = blocks_across(out_columns)
    row = 4 * GROUP * (out_columns + 2 * below)
    band, more = out_lines // 2, below + out_lines % 2
    size = y.elements // y.shape[0]
    in_place = x.shape == y.shape and (band + more) * row <= 2 * size  # all strips: an output's memory is spared
    if not in_place:
        band = max(1, min(band, size // row - more))
    lines["band"] = band

    def made(kernel: str, of: Folded) -> Call:
        constants = np.column_stack([_pack(of.weights.reshape(weights.shape), turned), of.multiplier, of.divider, of.start])
        return Call(
            kernel,
            {**{name: fields[name] for name in KEPT}, **lines, "constants": constants.astype(np.int32)},
            scratch=row * (band + more),
            in_place=(0,) if x.shape == y.shape and band == out_lines // 2 else (),
            source=FILE,
        )

    line, kernel = one_line(folded, real, clamp_of(call), y.zero_point), f"depthwise_conv_2d_planes_{NAMES[taps]}"
    return [*([made(f"{kernel}_relu_dsp", line)] if line else []), made(f"{kernel}_dsp", folded)]


def _cost(lines: int, columns: int, below: int) -> int:
    """Instructions of four channels; those of a last line alone are a little more than the half."""
    threes, twos = blocks_across(columns)
    blocks = round((lines // 2 + 0.6 * (lines % 2)) * (threes * THREE + twos * TWO) + COLUMN * (threes + twos))
    return GROUP * blocks + (lines // 2 + lines % 2 + below) * columns * EIGHT


def _pack(weights: NDArray[Any], turned: bool) -> NDArray[np.int32]:
    """(channels, height, width) to words of a channel, in the order of `depthwise_blocks_large_dsp.h`."""
    w = weights if not turned else weights.transpose(0, 2, 1)
    taps = w.shape[1]

    def rows(*first: int) -> NDArray[Any]:
        """(channels, words, 2): of each column the words that begin with these lines, one after another."""
        pairs = np.stack([w[:, line : line + 2] for line in first], axis=1)  # channels, words, 2, columns
        return pairs.transpose(0, 3, 1, 2).reshape(len(w), -1, 2)

    nothing = np.zeros((len(w), int(taps == 7), 2), w.dtype)
    inner = [rows(line, line - 1) for line in range(taps - 3, 0, -2)]
    words = np.concatenate([rows(0), nothing, rows(taps - 2), *inner, nothing], axis=1)
    halves = words.reshape(len(w), -1, 2, 2).transpose(0, 1, 3, 2)  # of two words the first halves, then the second
    return np.ascontiguousarray(halves).reshape(len(w), -1).view(np.int32)
