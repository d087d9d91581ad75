"""1x1 convolutions of 8 channels into 8 that take every second pixel, few outputs in runs:
`firmware/src/pointwise_strided_once_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._chains import spread
from edgekit.backends.c.forms.mve._groups import bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided import every_second
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_eights import CONSTANTS, runs
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_words import BESIDE

OPERATOR, FILE = "conv_2d", "pointwise_strided_once_mve"
AT = 24  # addresses of runs and outputs
PLACES = (1, 6, 2, 3, 4, 0, 5, 7)  # eights of pixels whose outputs r0 r1 r2 r4 r6 r7 r8 r10 have


@dataclass(frozen=True)
class Shape:
    """So many runs of so many outputs.

    Attributes:
        together: runs that are copied at once.
        ends: whether addresses are those behind runs.
        beside: pixels beside which the first stores put what makes biases; the others are as far from each other.
    """

    runs: int
    outputs: int
    together: int
    beside: Sequence[int]
    ends: bool = False


SHAPES = (
    Shape(16, 4, 2, [4 * run + i for i in (1, 2, 3) for run in range(8)]),
    Shape(12, 3, 2, [3 * run + i for i in (1, 2) for run in range(12)]),
    Shape(4, 9, 1, range(24), ends=True),
    Shape(7, 7, 1, range(1, 25)),
)


def form(layer: Layer, call: Call) -> list[Call] | None:
    out_h, out_w, batches = (integer(call.fields, name) for name in ("out_h", "out_w", "batches"))
    fit = [s for s in SHAPES if batches * out_h * out_w == s.runs * s.outputs and out_w % s.outputs == 0]
    if not fit or not every_second(call) or integer(call.fields, "out_c") != BLOCK:
        return None
    found = in_sixteen_bits(call.fields, np.asarray(call.fields["weights"]).reshape(BLOCK, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    return None if found is None or begun is None else [_call(call, shape, found, begun) for shape in fit]


def _call(call: Call, shape: Shape, found: Folded, begun: NDArray[np.int8]) -> Call:
    pixels = shape.runs * shape.outputs
    return Call(
        f"{FILE}_{shape.runs}x{shape.outputs}",
        {
            "beside": tuple(np.tile(BESIDE, HALF).view(np.int32).tolist()), "stream": _stream(shape, found, begun),
            "out_zero": call.fields["out_zero"], "at": _addresses(call, shape),
        },
        scratch=spread(AT * WORD + pixels * (BLOCK * WORD + VECTOR)),
        source=FILE,
    )  # fmt: skip


def _addresses(call: Call, shape: Shape) -> tuple[int, ...]:
    at = runs(call, shape.outputs).reshape(-1, shape.together)[::-1].reshape(-1)
    if shape.ends:
        at = at + (shape.outputs * VECTOR - BLOCK)
    padding = -len(at) % HALF
    outputs = [2 * HALF * BLOCK * i for i in PLACES]
    words = [*at.tolist(), *[0] * padding, *outputs]
    return (*words, *[0] * (AT - len(words)))


def _stream(shape: Shape, found: Folded, begun: NDArray[np.int8]) -> NDArray[np.int32]:
    filters = np.zeros((BLOCK, VECTOR), np.int8)
    filters[:, BLOCK:], filters[:, :CONSTANTS] = found.weights, begun
    beside = VECTOR * np.array(shape.beside, np.int16)
    first = filters[:HALF], np.tile(BESIDE, BLOCK), beside, filters[HALF:]
    parts = [part.reshape(-1).view(np.int32) for part in first]
    for four in (range(HALF, BLOCK), range(HALF)):
        outputs = [pixel * BLOCK + c for pixel in range(2 * HALF) for c in four]
        constants = [values[list(four)].astype(np.int32) for values in (found.multiplier, found.second)]
        parts += [places(outputs[: HALF * HALF]), *constants, places(outputs[HALF * HALF :])]
    return np.concatenate(parts)
