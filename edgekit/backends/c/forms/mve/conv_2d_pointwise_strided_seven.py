"""1x1 convolutions of 8 channels that take every second pixel of a picture, 7x7 outputs:
`firmware/src/pointwise_strided_seven_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import HIGH, PAIRS, bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided import CONSTANTS, every_second

OPERATOR, FILE = "conv_2d", "pointwise_strided_seven_mve"
SHAPE, PIXELS = (1, 7, 7), 49
CHANNELS = (8, 16, 32, 64)
OF_PIXELS = 832  # bytes of scratch
AT_ONCE, BESIDE = 16, 7  # output channels without loops; vectors of places of what makes their biases


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    *shape, out_c, in_w, down = (
        integer(fields, name) for name in ("batches", "out_h", "out_w", "out_c", "in_w", "stride_h")
    )
    if not every_second(call) or tuple(shape) != SHAPE or out_c not in CHANNELS:
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    if found is None or begun is None:
        return None
    filters = np.zeros((out_c, VECTOR), np.int8)
    filters[:, :BLOCK], filters[:, BLOCK : BLOCK + CONSTANTS] = found.weights, begun
    top = OF_PIXELS + PIXELS * out_c * 4
    return Call(
        f"{FILE}_{out_c}",
        {
            "pitch": down * in_w * BLOCK, "top": top, "filters": filters.nbytes, "eights": out_c // BLOCK,
            "stream": _at_once(found, filters) if out_c == AT_ONCE else _by_fours(found, filters),
            "out_zero": fields["out_zero"],
        },
        scratch=top,
        source=FILE,
    )  # fmt: skip


def _by_fours(found: Folded, filters: NDArray[np.int8]) -> NDArray[np.int32]:
    """Constants of the last four channels first."""
    out_c = len(filters)
    parts = [filters.reshape(-1).view(np.int32)]
    for first in reversed(range(0, out_c, HALF)):
        channels = list(range(first, first + HALF))
        parts += [_places(channels, out_c, 0), *_constants(found, channels)]
    return np.concatenate(parts)


def _at_once(found: Folded, filters: NDArray[np.int8]) -> NDArray[np.int32]:
    """Channels in the order in which the first pixel's outputs end next to each other."""
    out_c = len(filters)
    passes = [[*range(first, out_c, HALF)] for first in (1, 3, 0, 2)]
    beside = BLOCK + VECTOR * np.arange(BESIDE * HALF, dtype=np.int32)
    parts = [np.tile(np.array([-HIGH] * (CONSTANTS - 1) + [1], np.int8), HALF).view(np.int32), beside]
    parts.append(filters[np.concatenate(passes)].reshape(-1).view(np.int32))
    for channels in reversed(passes):
        at = _places(channels, out_c, 1), _places(channels, out_c, 1 + HALF)
        parts += [at[0], *_constants(found, channels), at[1]]
    first = [_constants(found, passes[i]) for i in (2, 3, 0, 1)]
    return np.concatenate([*parts, *(values[i] for i in (0, 1) for values in first)])


def _constants(found: Folded, channels: list[int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return found.multiplier[channels].astype(np.int32), found.second[channels].astype(np.int32)


def _places(channels: list[int], out_c: int, first: int) -> NDArray[np.int32]:
    """Of four pixels from the `first` one on."""
    return places([(first + pixel) * out_c + c for pixel in PAIRS for c in channels])
