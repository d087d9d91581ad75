"""1x1 convolutions of 8 into 8 channels, eights of pixels and four more: `firmware/src/pointwise_chains_four_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._chains import (
    LANES,
    MARKED,
    PLACES,
    folded,
    forms,
    pixels_of,
    requantization,
    without_loops,
)
from edgekit.backends.c.forms.mve._halves import places
from edgekit.backends.c.forms.mve._pack import BLOCK, WORD
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "pointwise_chains_four_mve"
PIXELS = (36, 68, 100)
PLACED, FEW = 68, (1, 2, 3, 0, 0, 0, 0, 0)  # up to so many pixels, the sixteens whose outputs r0 r2 r4 r7 have
PASSES = ((0, 1), (2, 3), (4, 5), (6, 7))


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields, pixels = call.fields, pixels_of(call.fields)
    found = folded(fields) if pixels in PIXELS and fields["out_c"] == BLOCK else None
    if found is None:
        return None
    biases = _biases(found, (4, 5, 4, 5, 6, 7, 6, 7)).tolist()
    stream = [*_products(found, integer(fields, "out_zero")), *_constants(found)]
    scratch = (pixels * BLOCK + len(PLACES)) * WORD
    filters, at = _filters(found, (4, 5, 6, 7), (4, 5)), PLACES if pixels > PLACED else FEW
    return [without_loops(FILE, pixels, filters, biases, stream, scratch, at)]


def _filters(found: Folded, first: Sequence[int], second: Sequence[int]) -> NDArray[np.int32]:
    """(w, 0) of some channels, (-w, w) of others."""
    one, other = forms(found.weights)
    return np.concatenate([one[list(first)], other[list(second)]]).reshape(-1).view(np.int32)


def _biases(found: Folded, channels: Sequence[int]) -> NDArray[np.int32]:
    return found.bias[list(channels)].astype(np.int32)


def _products(found: Folded, out_zero: int) -> list[NDArray[np.int32]]:
    parts = [
        _filters(found, (0, 1, 2, 3), (6, 7)),
        _biases(found, (0, 1, 0, 1, 2, 3, 2, 3)),
        _filters(found, (), (0, 1, 2, 3)),
    ]
    for i, both in enumerate(PASSES):
        parts += [*([_filters(found, both, both)] if i else []), _biases(found, both * LANES)]
    return [*parts, np.insert(parts[-1], MARKED, out_zero)]


def _constants(found: Folded) -> list[NDArray[np.int32]]:
    """Of two channels after the other, the last ones first; before every second ones the first pixels' places."""
    parts = requantization(found, LANES * BLOCK, BLOCK, (0, 1))
    each = len(parts) // len(PASSES)
    for i, four in ((3, PASSES[:2]), (1, PASSES[2:])):
        outputs = [p * BLOCK + c for both in four for two in ((0, 2), (1, 3)) for p in two for c in both]
        parts.insert(i * each, places(outputs))
    return parts
