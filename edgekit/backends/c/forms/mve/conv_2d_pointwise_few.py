"""1x1 convolution of 16, 24, 32 or 64 channels into 1, 3 or 4, `firmware/src/pointwise_few_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import HALF, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._pairs import MOST_PLACES, places
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR = "conv_2d"
EIGHT, PAIR = 8, 2  # pixels of a group
EIGHTS = (16, 3)  # that comes by eights where there are so many
DENSE = ((16, 1), (24, 1), (32, 1), (16, 3), (24, 3), (32, 3), (16, 4))
BY_TABLE = (*DENSE, (64, 1))


def form(layer: Layer, call: Call) -> Call | None:
    fields, geometry = call.fields, picture(call)
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    found = None if geometry is None else places(geometry, in_c)
    if found is None or (in_c, out_c) not in BY_TABLE or (fields["low"], fields["high"]) != (-128, 127):
        return None
    folded = fold(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    count, dense = len(found), np.array_equal(found, in_c * np.arange(len(found)))
    eights = (in_c, out_c) == EIGHTS and count >= EIGHT
    group = EIGHT if out_c == 1 or eights else PAIR
    possible = (in_c, out_c) in DENSE if dense else count <= MOST_PLACES
    if not np.all(folded.second) or count < group or not possible:
        return None
    whole, back = count // group * group, -count % group
    table = np.zeros(1, np.int32)
    if not dense:
        table = np.concatenate([found[:whole], found[count - group :] if back else found[:0]]).astype(np.int32)
    return Call(
        f"pointwise_few_mve_{'' if dense else 'places_'}{'eights_' if eights else ''}{in_c}x{out_c}",
        {
            "stream": by_eights(folded) if eights else stream(folded, group),
            "bytes": whole * (in_c if dense else WORD), "out_zero": fields["out_zero"],
            "y_back": back * out_c, "x_back": back * in_c, "places": table,
        },
        source="pointwise_few_mve",
    )  # fmt: skip


def by_eights(found: Folded) -> NDArray[np.int32]:
    """Biases of 24 outputs, constants of lanes that begin with channels 0, 1, 2 and are two outputs apart, weights."""
    of_24, starts = np.arange(24).reshape(3, EIGHT)[:, ORDER].reshape(-1) % 3, np.arange(3)[:, None]
    lanes = (starts + 2 * np.arange(HALF)).reshape(-1) % 3
    parts = [found.bias[of_24], found.multiplier[lanes], found.second[lanes]]
    return np.concatenate([*(part.astype(np.int32) for part in parts), found.weights.reshape(-1).view(np.int32)])


def stream(found: Folded, group: int) -> NDArray[np.int32]:
    """Biases of a group, constants of 4 lanes (the last channel again where there are 3), where outputs go, weights."""
    channels, in_c = found.weights.shape
    lanes = np.minimum(np.arange(HALF), channels - 1)
    wide = np.zeros((channels, -(-in_c // VECTOR) * VECTOR), np.int8)
    wide[:, :in_c] = found.weights
    parts = [np.tile(found.bias, group), found.multiplier[lanes], found.second[lanes]]
    if channels == HALF - 1:
        to = np.stack([lanes, lanes + channels], 1).astype(np.uint16)
        parts.append(to.reshape(-1).view(np.int32))
    return np.concatenate([*(part.astype(np.int32) for part in parts), wide.reshape(-1).view(np.int32)])
