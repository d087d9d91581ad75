"""1x1 convolutions of 8 channels into 8 or 10 that take every second pixel, few outputs in runs:
`firmware/src/pointwise_strided_once_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._chains import EIGHT, spread
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
ALONE = 6  # that of r1, of the first pixel where it is alone


@dataclass(frozen=True)
class Shape:
    """So many runs of so many outputs.

    Attributes:
        together: runs that are copied at once.
        channels: of the output. Of 10 the first run comes first, and the first of all pixels is alone.
        ends: whether addresses are those behind runs.
        beside: pixels beside which the first stores put what makes biases; the others are as far from each other.
    """

    runs: int
    outputs: int
    together: int
    beside: Sequence[int]
    channels: int = BLOCK
    ends: bool = False

    @property
    def name(self) -> str:
        return f"{self.runs}x{self.outputs}" + (f"_{self.channels}" if self.channels > BLOCK else "")


SHAPES = (
    Shape(16, 4, 2, [4 * run + i for i in (1, 2, 3) for run in range(8)]),
    Shape(12, 3, 2, [3 * run + i for i in (1, 2) for run in range(12)]),
    Shape(4, 9, 1, range(24), ends=True),
    Shape(7, 7, 1, range(1, 25)),
    Shape(7, 7, 1, range(1, 25), channels=10),
)


def form(layer: Layer, call: Call) -> list[Call] | None:
    out_h, out_w, batches, out_c = (integer(call.fields, name) for name in ("out_h", "out_w", "batches", "out_c"))
    sizes = batches * out_h * out_w, out_c
    fit = [s for s in SHAPES if sizes == (s.runs * s.outputs, s.channels) and out_w % s.outputs == 0]
    if not fit or not every_second(call):
        return None
    found = in_sixteen_bits(call.fields, np.asarray(call.fields["weights"]).reshape(out_c, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    return None if found is None or begun is None else [_call(call, shape, found, begun) for shape in fit]


def _call(call: Call, shape: Shape, found: Folded, begun: NDArray[np.int8]) -> Call:
    pixels = shape.runs * shape.outputs
    return Call(
        f"{FILE}_{shape.name}",
        {
            "beside": tuple(np.tile(BESIDE, HALF).view(np.int32).tolist()), "stream": _stream(shape, found, begun),
            "out_zero": call.fields["out_zero"], "at": _addresses(call, shape),
        },
        scratch=spread(AT * WORD + pixels * (shape.channels * WORD + VECTOR)),
        source=FILE,
    )  # fmt: skip


def _addresses(call: Call, shape: Shape) -> tuple[int, ...]:
    at = runs(call, shape.outputs).reshape(-1, shape.together)
    found: list[int] = (at if shape.channels > BLOCK else at[::-1]).reshape(-1).tolist()
    if shape.ends:
        found = [start + shape.outputs * VECTOR - BLOCK for start in found]
    outputs = [EIGHT * shape.channels * i for i in PLACES]
    if shape.channels > BLOCK:
        outputs = [0 if i == ALONE else start + shape.channels for i, start in zip(PLACES, outputs, strict=True)]
    words = [*found, *[0] * (-len(found) % HALF), *outputs]
    return (*words, *[0] * (AT - len(words)))


def _stream(shape: Shape, found: Folded, begun: NDArray[np.int8]) -> NDArray[np.int32]:
    out_c = shape.channels
    filters = np.zeros((out_c, VECTOR), np.int8)
    filters[:, BLOCK:], filters[:, :CONSTANTS] = found.weights, begun
    beside = VECTOR * np.array(shape.beside, np.int16)
    first = filters[:HALF], np.tile(BESIDE, BLOCK), beside, filters[HALF:]
    parts = [part.reshape(-1).view(np.int32) for part in first]
    if out_c > BLOCK:
        two = [*range(BLOCK, out_c)]
        parts += [
            places([pixel * out_c + c for pixel in reversed(range(EIGHT)) for c in two]),
            *_constants(found, two * 2),
        ]
    for four in (range(HALF, BLOCK), range(HALF)):
        outputs = [pixel * out_c + c for pixel in range(EIGHT) for c in four]
        parts += [places(outputs[:VECTOR]), *_constants(found, [*four]), places(outputs[VECTOR:])]
    return np.concatenate(parts)


def _constants(found: Folded, channels: list[int]) -> list[NDArray[np.int32]]:
    return [values[channels].astype(np.int32) for values in (found.multiplier, found.second)]
