"""1x1 convolutions of 8 channels into 8 that take every second pixel, 64 outputs in runs of eight, where of channels
0 to 2 two have one shift, and two of 4 to 6: `firmware/src/pointwise_strided_words_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import HIGH, bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided import every_second
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_eights import CONSTANTS, RUN, runs

OPERATOR, FILE = "conv_2d", "pointwise_strided_words_mve"
PIXELS = 64
VECTORS = (0, 2, 1, 3)  # channels of four in the order of their vectors
SHARES = ((0, 1), (0, 2), (1, 2))  # vectors that have one second multiplier
BESIDE = np.array([-HIGH, 1], np.int8)  # what makes biases
BEFORE = 120  # bytes of scratch before the pixels
SCRATCH = 2560  # 120, 2 KB, and what lets one instruction make the address of what follows
PLACES = 3  # vectors of places of constants, before one pixel of each run


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    pixels = [integer(fields, name) for name in ("batches", "out_h", "out_w")]
    if not every_second(call) or integer(fields, "out_c") != BLOCK or pixels[2] % RUN or np.prod(pixels) != PIXELS:
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(BLOCK, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    if found is None or begun is None:
        return None
    first, last = ([at + channel for channel in VECTORS] for at in (0, HALF))
    shared = [_shared(found, channels) for channels in (last, first)]
    if shared[0] is None or shared[1] is None:
        return None
    (name, second), (other, more) = shared[0], shared[1]
    run = RUN * VECTOR
    pointers = BEFORE + np.array([PLACES * VECTOR, 2 * RUN * run, 2 * PLACES * VECTOR, RUN * run])
    return Call(
        f"{FILE}_{name}_{other}",
        {
            "beside": tuple(np.tile(BESIDE, HALF).view(np.int32).tolist()), "spare": 0,
            "stream": _stream(found, begun, first, last, integer(fields, "out_zero"), more),
            "pointers": tuple(pointers.tolist()), "runs": tuple(runs(call).tolist()), "second": tuple(second),
            "pixels": tuple(BLOCK * pixel for pixel in range(HALF)),
        },
        scratch=SCRATCH,
        source=FILE,
    )  # fmt: skip


def _shared(found: Folded, channels: Sequence[int]) -> tuple[str, list[int]] | None:
    """Names of the vectors that have one second multiplier, and three of these, each four times; None without such."""
    second = [int(found.second[c]) for c in channels]
    for a, b in SHARES:
        if second[a] == second[b]:
            rest = [value for i, value in enumerate(second) if i != b]
            return f"{a}{b}", [value for value in rest for _ in range(HALF)]
    return None


def _stream(
    found: Folded, begun: NDArray[np.int8], first: list[int], last: list[int], out_zero: int, second: list[int]
) -> NDArray[np.int32]:
    filters = np.zeros((BLOCK, VECTOR), np.int8)
    filters[:, BLOCK:], filters[:, :CONSTANTS] = found.weights, begun
    places = VECTOR * (np.arange(1, PLACES + 1, dtype=np.int16)[:, None] + RUN * np.arange(RUN, dtype=np.int16))
    parts = [filters[first], np.tile(BESIDE, RUN), places, filters[last]]
    numbers = [*found.multiplier[last].tolist(), *found.multiplier[first].tolist(), out_zero, *second]
    return np.concatenate([*(part.reshape(-1).view(np.int32) for part in parts), np.array(numbers, np.int32)])
