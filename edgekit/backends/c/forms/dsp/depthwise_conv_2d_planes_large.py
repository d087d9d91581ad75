"""Depthwise convolution of up to 7x7 taps, planes of four channels: `depthwise_conv_2d_planes_five_dsp.c` and
`depthwise_conv_2d_planes_seven_dsp.c` in `firmware/src/`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._planes import GROUP, KEPT, applies, blocks_across, lines_of, square
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "depthwise_conv_2d"
SMALL = 3  # taps a side, for which there is a kernel of its own
NAMES, STRIDES = {5: "five", 7: "seven"}, {1: "", 2: "_two"}
# Instructions of 5x5 taps: blocks of three columns and two, by stride, a column of them; eight values transposed.
BLOCKS = {1: (136, 99), 2: (75, 54)}
COLUMN, EIGHT = 13, 14
MEMORY = 6 << 10  # bytes, up to which half an input may be taken where an output is less
Ints = NDArray[np.int8]


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    fields = call.fields
    height, width, stride = (int(fields[name]) for name in ("kernel_h", "kernel_w", "stride_h"))  # type: ignore[arg-type]
    taps = 5 if max(height, width) <= 5 else 7
    if not SMALL < max(height, width) <= taps or stride not in STRIDES or not applies(layer, call):
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
    turned = _cost(sides[1], sides[0], below, stride) < _cost(*sides, below, stride)
    out_lines, out_columns = reversed(sides) if turned else sides
    lines = lines_of(layer, call, turned)
    lines["threes"], lines["twos"] = blocks_across(out_columns)
    row = 4 * GROUP * (stride * (out_columns - 1) + taps)
    strips, odd = (out_lines, 0) if stride == 2 else divmod(out_lines, 2)
    size, more, same = y.elements // y.shape[0], below + odd, x.shape == y.shape
    most = max(size, min(x.elements // x.shape[0] // 2, MEMORY)) if stride == 2 else size
    whole = (strips + more) * row <= (2 * size if same else most)  # in place an output's memory is spared
    lines["band"] = band = strips if whole else _band(strips, most // row - more)

    def made(kernel: str, of: Folded) -> Call:
        taken = of.weights.reshape(weights.shape)
        words = (_pack_two if stride == 2 else _pack)(taken.transpose(0, 2, 1) if turned else taken)
        constants = np.column_stack([words, of.multiplier, of.divider, of.start]).astype(np.int32)
        return Call(
            kernel,
            {**{name: fields[name] for name in KEPT}, **lines, "constants": constants},
            scratch=row * (band + more),
            in_place=(0,) if same and band == strips else (),
            source=f"depthwise_conv_2d_planes_{NAMES[taps]}_dsp",
        )

    line = one_line(folded, real, clamp_of(call), y.zero_point)
    kernel = f"depthwise_conv_2d_planes_{NAMES[taps]}{STRIDES[stride]}"
    return [*([made(f"{kernel}_relu_dsp", line)] if line else []), made(f"{kernel}_dsp", folded)]


def _band(strips: int, most: int) -> int:
    """Strips at a time, so many at the most but one at the least; all bands are nearly alike."""
    return -(-strips // -(-strips // min(strips, max(1, most))))


def _cost(lines: int, columns: int, below: int, stride: int) -> int:
    """Instructions of four channels; those of a last line alone are a little more than the half."""
    threes, twos = blocks_across(columns)
    three, two = BLOCKS[stride]
    strips = lines // 2 + 0.6 * (lines % 2) if stride == 1 else lines
    blocks = round(strips * (threes * three + twos * two) + COLUMN * (threes + twos))
    return GROUP * blocks + (-(-lines * stride // 2) + below) * stride * columns * EIGHT


def _pairs(w: Ints, *first: int) -> Ints:
    """Of (channels, lines, columns) the words that begin with these lines, column by column: (channels, words, 2)."""
    pairs = np.stack([w[:, line : line + 2] for line in first], axis=1)  # channels, words, 2, columns
    return np.ascontiguousarray(pairs.transpose(0, 3, 1, 2)).reshape(len(w), -1, 2)


def _pack(w: Ints) -> NDArray[np.int32]:
    """Words of a channel, in the order of `depthwise_blocks_large_dsp.h`."""
    taps = w.shape[1]
    nothing = np.zeros((len(w), int(taps == 7), 2), np.int8)
    inner = [_pairs(w, line, line - 1) for line in range(taps - 3, 0, -2)]
    return _halved(np.concatenate([_pairs(w, 0), nothing, _pairs(w, taps - 2), *inner, nothing], axis=1))


def _pack_two(w: Ints) -> NDArray[np.int32]:
    """The same of `depthwise_blocks_large_two_dsp.h`."""
    taps = w.shape[1]
    nothing = np.zeros((len(w), 1, 2), np.int8)
    last = np.pad(w[:, -1], ((0, 0), (0, 1))).reshape(len(w), -1, 2)
    inner = [words for line in range(taps - 3, 0, -2) for words in (nothing, _pairs(w, line))]
    words = np.concatenate([_pairs(w, 0), nothing, last, *inner], axis=1)
    return _halved(np.pad(words, ((0, 0), (0, words.shape[1] % 2), (0, 0))))


def _halved(words: Ints) -> NDArray[np.int32]:
    """Two words of halves in one of bytes: the first halves of both, then the second."""
    halves = words.reshape(len(words), -1, 2, 2).transpose(0, 1, 3, 2)
    return np.ascontiguousarray(halves).reshape(len(words), -1).view(np.int32)
