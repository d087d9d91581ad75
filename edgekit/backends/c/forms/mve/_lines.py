"""3x3 convolutions of 2, 3 and 4 channels by lines of columns, `lines_mve.h`: geometry, weights and constants."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._bands import inside_image
from edgekit.backends.c.forms.mve._halves import in_halfwords
from edgekit.backends.c.forms.mve._once import once
from edgekit.backends.c.forms.mve._pack import HALF, ORDER
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

BLOCK, VECTOR, ROUND, PAIR = 8, 16, 4, 2  # outputs; bytes; pixels
KERNEL, LARGEST_GAP, WORD = 3, 2, 4  # a gap of so many columns is filled by two vectors that overlap
TEN = 10  # outputs of 3 channels, eight and two
TWO, MOST_BLOCKS = 2, 8  # channels whose blocks are unrolled
HELD = 7  # vectors of weights that one load brings
LARGEST_OUT_C, LARGEST_OUT_W, LARGEST_ROW = 1 << 12, 1 << 15, 1 << 15  # the last in bytes, of 2 channels
FRACTION, PLACES = 3, 1 << 16  # bits in EK_ONCE_3; bytes that places in halfwords reach
ROOM = 4096  # bytes of scratch that lines may take, unless one takes more


def lines(
    call: Call, channels: int, kernel: str, *, ten: bool = False, pairs: bool = False, single: bool = False
) -> Call | None:
    """The form of a portable convolution `call` of so many channels; None where a condition does not hold.

    `ten`: into 10 outputs. `pairs`: of pixels, which share loads of weights. `single`: by one multiplication an output.
    """
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    batches, in_h, in_w, out_h, out_w, out_c = (
        of(name) for name in ("batches", "in_h", "in_w", "out_h", "out_w", "out_c")
    )
    stride, down, top, left = of("stride_w"), of("stride_h"), of("pad_top"), of("pad_left")
    if (of("kernel_h"), of("kernel_w"), of("in_c")) != (KERNEL, KERNEL, channels) or not inside_image(call):
        return None
    column, step = KERNEL * channels, VECTOR // channels * channels  # bytes of a column; of a row that go at a time
    outputs = out_c % (TWO if single else BLOCK) == 0 if not ten else out_c == TEN
    outputs &= out_w % ROUND == 0 or not (ten or single)
    columns = (out_w - 1) * stride + KERNEL
    image = min(columns - left, in_w)  # columns
    gap, inside, pitch = (columns - image) * column, image * channels, in_w * channels
    if (
        stride not in (1, 2) or not outputs or out_c >= LARGEST_OUT_C or out_w >= LARGEST_OUT_W
        or (of("low"), of("high")) != (-128, 127) or gap > LARGEST_GAP * column or image < 1
        or (channels == TWO and (out_c > MOST_BLOCKS * BLOCK or out_w * stride * column >= LARGEST_ROW))
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second) or (pairs and (out_w % PAIR or not in_halfwords(found, of("out_zero")))):
        return None
    slope = once(fields, found, FRACTION) if single else None
    if single and slope is None:
        return None
    line = columns * column
    band = min(out_h, max(1, ROOM // line))
    samples = batches if batches * out_h * line <= ROOM else 1
    if single and samples * band * out_w * out_c > PLACES:
        return None
    rows = [_rows(row * down - top, in_h, pitch) for row in range(out_h)]
    outside = any(-1 in some for some in rows)
    groups = -(-inside // step)
    begin = outside * -(-inside // VECTOR) * VECTOR
    first_line = begin + gap - left * column
    return Call(
        kernel,
        {
            **{name: fields[name] for name in ("batches", "out_h", "in_zero")},
            "in_size": in_h * pitch, "out_pitch": out_w * out_c, "band": band, "samples": samples,
            "zeros": outside * inside, "first": begin, "lines": first_line, "pitch": line,
            "count": VECTOR * (groups - 1) + inside - step * (groups - 1),
            "line_gap": line - groups * KERNEL * step, "down": down * pitch - groups * step,
            "runs": _runs(rows, band, down * pitch), "offsets": _offsets(channels, gap),
            "out_zero": fields["out_zero"], **_pixels(channels, stride, out_w, out_c), **(
                {"pixels": out_w // ROUND, "code": stride - 1, "blocks": out_c // TWO, "out_zero": ROUND * out_c}
                if single else {}
            ),
            "weights": _pack_single(slope[0]) if slope else np.concatenate(
                [_pack_pairs(found) if pairs else _pack(found, channels), *([_rest(found)] if ten else [])]
            ),
        },
        scratch=first_line + samples * band * line + 2 * VECTOR,
    )  # fmt: skip


def _rows(top: int, in_h: int, pitch: int) -> tuple[int, ...]:
    """Where the three rows of a line begin in the input, -1 for one outside."""
    return tuple(row * pitch if 0 <= row < in_h else -1 for row in range(top, top + KERNEL))


def _runs(rows: list[tuple[int, ...]], band: int, step: int) -> NDArray[np.int32]:
    """By bands: lines that follow each other, and how many, the last of a band marked."""
    found: list[tuple[int, ...]] = []
    for first in range(0, len(rows), band):
        runs: list[tuple[tuple[int, ...], int]] = []
        for line in rows[first : first + band]:
            if runs and -1 not in line and line == tuple(at + runs[-1][1] * step for at in runs[-1][0]):
                runs[-1] = runs[-1][0], runs[-1][1] + 1
            else:
                runs.append((line, 1))
        found += [(*line, 2 * (count - 1) + (i == len(runs))) for i, (line, count) in enumerate(runs, 1)]
    return np.array(found, np.int32)


def _offsets(channels: int, gap: int) -> NDArray[Any]:
    """Of 16 bytes of each of three rows in a line, of every byte or, of 4 channels, word."""
    of_words = channels == WORD
    at = np.arange(0, VECTOR, WORD if of_words else 1)
    first = gap + at // channels * KERNEL * channels + at % channels
    return np.concatenate([first + row * channels for row in range(KERNEL)]).astype(np.int32 if of_words else np.uint8)


def _pixels(channels: int, stride: int, out_w: int, out_c: int) -> dict[str, int]:
    """How often the loops over a row run, and where they are entered."""
    if channels == TWO:
        column = KERNEL * TWO
        return {
            "pixels": out_w * stride * column << 16 | (KERNEL - stride) * column,
            "code": MOST_BLOCKS - out_c // BLOCK, "blocks": stride - 1,
        }  # fmt: skip
    rounds = -(-out_w // ROUND)
    return {
        "pixels": (rounds - 1) << 16 | out_c,
        "code": (stride - 1) * (4 if out_c == TEN else 8) + (out_c > BLOCK and out_c != TEN) * 4 + -out_w % ROUND,
        "blocks": stride - 1 if out_c == TEN else out_c // BLOCK,
    }


def _vectors(found: Folded, outputs: list[int], channels: int) -> tuple[NDArray[np.int8], NDArray[Any]]:
    """Windows by columns, padded to whole vectors; as (vectors, outputs, words)."""
    length, many = KERNEL * KERNEL * channels, len(outputs)
    vectors = -(-length // VECTOR)
    filters = found.weights[outputs].reshape(many, KERNEL, KERNEL, channels).swapaxes(1, 2).reshape(many, -1)
    padded = np.zeros((many, vectors * VECTOR), np.int8)
    padded[:, :length] = filters
    return padded, padded.view("<i4").reshape(many, vectors, WORD).swapaxes(0, 1)


def _pack_pairs(found: Folded) -> NDArray[np.int32]:
    """By blocks, as `conv_2d_rgb_pairs_mve.c` says: biases of both pixels, weights, constants of even, odd outputs."""
    parts: list[NDArray[Any]] = []
    for first in range(0, len(found.bias), BLOCK):
        even, odd = ([first + i for i in half] for half in (ORDER[:HALF], ORDER[HALF:]))
        (first_even, second_even), (first_odd, second_odd) = (_vectors(found, half, KERNEL)[1] for half in (even, odd))
        parts += [second_odd[[0, 2, 1, 3]], np.tile(found.bias[odd], PAIR), np.tile(found.bias[even], PAIR)]
        parts += [first_even[:2], second_even[::2], first_even[2:], second_even[1::2]]
        parts += [found.multiplier[even], found.second[even], first_odd, found.multiplier[odd], found.second[odd]]
    return np.concatenate([part.reshape(-1) for part in parts]).astype(np.int32)


def _pack_single(found: Folded) -> NDArray[np.int32]:
    """By twos, as `conv_2d_rgb_once_mve.c` says: weights, places of a round before the first, biases, slopes."""
    at = (np.arange(-ROUND, 0)[:, None] * len(found.bias) + np.arange(TWO)).astype("<i2").view("<i4").reshape(-1)
    parts: list[NDArray[Any]] = []
    for first in range(0, len(found.bias), TWO):
        two = [first, first + 1]
        parts += [_vectors(found, two, KERNEL)[1].swapaxes(0, 1), at, found.bias[two], found.multiplier[two]]
    return np.concatenate([part.reshape(-1) for part in parts]).astype(np.int32)


def _pack(found: Folded, channels: int) -> NDArray[np.int32]:
    """By blocks: biases, the last products' weights and constants, then those of all others as loads take them."""
    length = KERNEL * KERNEL * channels
    parts: list[NDArray[Any]] = []
    for first in range(0, len(found.bias) // BLOCK * BLOCK, BLOCK):
        outputs = [first + i for i in ORDER]
        padded, vectors = _vectors(found, outputs, channels)
        words = vectors[::-1].reshape(-1, WORD)
        if channels == TWO:
            last = padded[:, VECTOR:length].astype(np.int32).T
            parts += [found.bias[outputs], words[BLOCK:], last, found.multiplier[outputs], found.second[outputs]]
            continue
        loads = [words[at : at + HELD] for at in range(0, len(words), HELD)]
        middle = [loads[0], *loads[2:-1], loads[1]]  # the second load is of the stack
        parts += [found.bias[outputs], loads[-1], found.multiplier[outputs], found.second[outputs], *middle]
    return np.concatenate([part.reshape(-1) for part in parts]).astype(np.int32)


def _rest(found: Folded) -> NDArray[np.int32]:
    """Of the last two of ten outputs, 4 pixels at a time: biases, weights, constants, offsets of the outputs."""
    length = KERNEL * KERNEL * 3
    last = slice(BLOCK, TEN)
    padded = np.zeros((TEN - BLOCK, 2 * VECTOR), np.int8)
    padded[:, :length] = found.weights[last].reshape(-1, KERNEL, KERNEL, 3).swapaxes(1, 2).reshape(-1, length)
    words = padded.view("<i4").reshape(TEN - BLOCK, 2, WORD).swapaxes(0, 1)[::-1]
    offsets = (np.arange(BLOCK) // 2 * TEN + np.arange(BLOCK) % 2).astype("<u2").view("<i4")
    constants = [np.repeat(each[last], ROUND) for each in (found.multiplier, found.second)]
    parts = [np.repeat(found.bias[last], ROUND), words.reshape(-1), *constants, offsets]
    return np.concatenate(parts).astype(np.int32)
