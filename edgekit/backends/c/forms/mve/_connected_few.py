"""Fully connected layers of few outputs in all: `fully_connected_few_mve.c`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._connected_tiny import filters, gathered
from edgekit.backends.c.forms.mve._halves import in_halfwords
from edgekit.backends.c.forms.mve._pack import BLOCK, CHUNK, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._pointwise import vectors
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.backends.c.forms.mve.fully_connected_long import SCALAR

WIDTHS = (16, 20, 24, 28, 30, 32)  # of four samples that have functions
MORE, LANES, MOST = 33, 4, 9
OF_16 = [1, 5, 9, 13, 3, 7, 11, 15, 0, 4, 8, 12, 2, 6, 10, 14]  # the order of the sums of 16 units
Parts = tuple[Iterable[int], Iterable[int], NDArray[np.int32]]  # before the stream's pointer, behind it, the stream


def few(call: Call, samples: int) -> Call | None:
    """The form of a portable `call` on `samples` pixels one after another; None where a condition does not hold."""
    fields = call.fields
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    name = _name(in_c, out_c, samples)
    if name is None or (fields["low"], fields["high"]) != (-128, 127):
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    if not np.all(found.second):
        return None
    zero = integer(fields, "out_zero")
    if name.startswith("four_1x"):
        first, more, stream = _gathered(found, zero, samples)
    elif samples == LANES:
        first, more, stream = _four_to_3(found, zero) if out_c == LANES - 1 else _four(found, zero)
    elif LANES < out_c <= BLOCK:
        first, more, stream = _to_8(found, zero)
    elif out_c == VECTOR:
        if not in_halfwords(found, integer(fields, "out_zero")):
            return None
        first, more, stream = _to_16(found, zero)
    else:
        if out_c == 1 and not SCALAR[0] <= found.second[0] <= SCALAR[1]:
            return None
        first, more, stream = (_one if in_c <= MORE else _long)(found, zero)
    more = [int(v) for v in more]
    return Call(
        f"fully_connected_few_mve_{name}",
        {"first": tuple(map(int, first)), "stream": stream, "more": (*more, *[0] * (MOST - len(more)))},
        source="fully_connected_few_mve",
    )


def _name(in_c: int, out_c: int, samples: int) -> str | None:
    one = in_c <= VECTOR
    if samples == LANES and ((out_c in (1, 2) and in_c in (*WIDTHS, MORE)) or (in_c, out_c) == (VECTOR, 3)):
        return f"four_{in_c}x{out_c}"
    if samples != 1:
        return f"four_1x{out_c}" if one and out_c in (1, 2) and samples <= LANES else None
    if one and LANES < out_c <= BLOCK:
        return f"one_1x{max(out_c, BLOCK - 1)}"
    if (out_c <= LANES and in_c <= MORE) or (one and out_c == VECTOR):
        return f"one_{in_c if in_c in (VECTOR, MORE) else 1 if one else 2}x{out_c}"
    taken = CHUNK + (out_c == 1) <= in_c <= 2 * CHUNK and in_c % WORD == 0 and out_c in (1, 2)
    return f"one_{-(-in_c // VECTOR) * VECTOR}x{out_c}" if taken else None


def _joined(*parts: NDArray[np.integer]) -> NDArray[np.int32]:
    """Bytes as words, numbers as they are."""
    flat = [p.reshape(-1) for p in parts]
    return np.concatenate([p.view(np.int32) if p.dtype.itemsize < WORD else p.astype(np.int32) for p in flat])


def _four(found: Folded, zero: int) -> Parts:
    """Four samples into 1 or 2 units, in lanes."""
    (units, in_c), bias = found.weights.shape, found.bias
    wide = np.ascontiguousarray(found.weights[:, : MORE - 1]) if in_c == MORE else vectors(found.weights)
    last = np.arange(LANES) * MORE + MORE - 1 if in_c == MORE else np.arange(0)
    m, second = (np.repeat(row, LANES) for row in (found.multiplier, found.second))
    if units == 1:
        more = (found.weights[0, -1],) if in_c == MORE else ()
        return (bias[0], zero), (*more, *[bias[0]] * 3), _joined(wide, last, m, second)
    stream = _joined(wide, second) if in_c == VECTOR else _joined(wide, m, second, last)
    even, odd = bias
    if in_c not in (VECTOR, MORE):
        return (even, even), (even, zero, even, odd, odd, odd, odd), stream
    by_even, by_odd = found.weights[:, -1] if in_c == MORE else found.multiplier
    return (even, even), (even, zero, even, odd, by_even, odd, by_odd, odd, odd), stream


def _gathered(found: Folded, zero: int, samples: int) -> Parts:
    """Two to four samples of up to 16 inputs into 1 or 2 units, some twice: 0 1 0 1, 0 1 1 2 or 0 1 2 3 into one."""
    (units, in_c), bias, wide = found.weights.shape, found.bias, filters(found)
    m, second = (np.repeat(row, LANES) for row in (found.multiplier, found.second))
    if units == 1:
        step = samples - 2
        to = np.array([0, 1, step, step + 1])
        return (bias[0], zero), (step * in_c, *[bias[0]] * 3), _joined(wide, gathered(in_c, (0, 1)), m, second, to)
    group = np.minimum(np.arange(LANES), samples - 1)
    to = (2 * group[:, None] + np.arange(2)).astype(np.uint16)
    even, odd = bias
    stream = _joined(gathered(in_c, group), wide, m, second, to)
    return (even, even), (even, zero, even, odd, odd, odd, odd), stream


def _four_to_3(found: Folded, zero: int) -> Parts:
    """Of 16 inputs: the sums of units 1 and 2 that are pushed first begin with the parameters."""
    a, b, c = found.bias
    m = found.multiplier
    sample = 3 * np.arange(LANES)
    pairs = (sample[:, None] + np.arange(2)).astype(np.uint16)
    others = np.array([a, a, a, a, b, b])
    stream = _joined(found.weights, others, np.repeat(found.second, LANES), pairs, sample + 2)
    return (m[0], zero), (b, m[1], b, m[2], c, c, c, c), stream


def _to_16(found: Folded, zero: int) -> Parts:
    first, last = OF_16[: VECTOR // 2], OF_16[VECTOR // 2 :]
    b, w, order = found.bias[first], filters(found)[OF_16], [*last, *first]
    in_c = found.weights.shape[1]
    stream = _joined(
        gathered(in_c)[: VECTOR * (in_c < VECTOR)],
        w[:14],
        found.bias[last],
        found.multiplier[order],
        w[14:],
        found.second[order],
    )
    return b[:2], (b[2], zero, *b[3:]), stream


def _to_8(found: Folded, zero: int) -> Parts:
    """Or fewer, of which the last one is repeated."""
    units, in_c = found.weights.shape
    rows = np.minimum(ORDER, units - 1)
    b = found.bias[rows]
    stream = _joined(gathered(in_c), filters(found)[rows], found.multiplier[rows], found.second[rows])
    return b[:2], (b[2], zero, b[3], b[4], *[units] * (units < BLOCK), *b[5:]), stream


def _one(found: Folded, zero: int) -> Parts:
    """One sample of up to 33 inputs into 1 to 4 units."""
    (units, in_c), bias, last = found.weights.shape, found.bias, found.weights[:, -1]
    if in_c < VECTOR:
        wide = _joined(gathered(in_c), filters(found))
    else:
        wide = _joined(np.ascontiguousarray(found.weights[:, :-1]) if in_c == MORE else vectors(found.weights))
    back = last[0] if in_c == MORE else in_c - VECTOR
    if units == 1:
        return (bias[0], zero), (back, found.multiplier[0], 2 * found.second[0]), wide
    lanes = np.arange(LANES) % 2 if units == 2 else np.minimum(np.arange(LANES), units - 1)
    places = lanes[: LANES * (units < LANES)]
    lasts = last[lanes].astype(np.int32)[: LANES * (in_c == MORE)]
    stream = _joined(wide, lasts, found.multiplier[lanes], found.second[lanes], places)
    return (bias[0], zero), (back, *bias[1:]), stream


def _long(found: Folded, zero: int) -> Parts:
    """One sample of 64 to 128 inputs into 1 or 2 units: those after 64 are vectors that end where the sample does."""
    units, in_c = found.weights.shape
    rest = -(-in_c // VECTOR) - CHUNK // VECTOR
    start = in_c - rest * VECTOR
    later = found.weights[:, start:].copy()
    later[:, : CHUNK - start] = 0
    w = np.concatenate([found.weights[:, :CHUNK], later], 1).reshape(units, -1, VECTOR).transpose(1, 0, 2)
    if units == 1:
        constants = (start, found.multiplier[0], 2 * found.second[0])
        return (found.bias[0], zero), constants, _joined(np.ascontiguousarray(w))
    order = [0, 1, 2, 3, *([len(w) - 1] if rest else []), *range(4, len(w) - 1)]
    lanes = np.repeat(np.stack([found.multiplier, found.second, np.arange(2)]), 2, 1)
    lanes = lanes[[2, 0, 1]] if rest == 1 else lanes
    return (found.bias[0], zero), (start, found.bias[1]), _joined(np.ascontiguousarray(w[order]), lanes)
