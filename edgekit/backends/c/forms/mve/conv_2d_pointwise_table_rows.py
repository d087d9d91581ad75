"""1x1 convolutions of one channel by rows of a table: `firmware/src/pointwise_table_rows_mve.c`.

Larger windows of a picture of one pixel are 1x1 ones when they come here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c import lookup
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pairs import places
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR, FILE = "conv_2d", "pointwise_table_rows_mve"
DOUBLE, WORD = 8, 4  # channels
FOUR, EIGHT, ROUND = 4, 8, 28  # pixels: that come at once; of a round, of one of four channels
ALONE = (4, 16, 17)  # pixels of functions without rounds
MOST, MOST_DENSE = 256, 100  # pixels, as each has a word for its place; next to each other, where columns are as fast
ORDER = (0, 2, 1, 3)  # of four pixels: the first and third are indices as they come, the others turned
Ints = NDArray[np.int64]


def form(layer: Layer, call: Call) -> Call | None:
    geometry, channels = picture(call), integer(call.fields, "out_c")
    if geometry is None or integer(call.fields, "in_c") != 1 or channels not in (DOUBLE, WORD):
        return None
    pixels = places(geometry, 1)
    if pixels is None or len(pixels) > (MOST_DENSE if pixels[-1] == len(pixels) - 1 else MOST):
        return None
    found = (_doubles if channels == DOUBLE else _words)(pixels)
    if found is None:
        return None
    kernel, order, again, rounds = found
    return Call(
        f"{FILE}_{kernel}",
        {
            "table": lookup.of_one_input(layer).reshape(-1).view(np.int64),
            "places": order.reshape(-1).astype(np.int32),
            "again": again,
            "rounds": rounds,
        },
        source=FILE,
    )


def _doubles(pixels: Ints) -> tuple[str, Ints, int, int] | None:
    """Kernel, order, bytes again and rounds of eight channels."""
    rounds, rest = divmod(len(pixels), EIGHT)
    alone = len(pixels) in ALONE
    if not rounds and not alone:
        return None
    whole = len(pixels) // FOUR * FOUR
    last = {0: pixels[whole:], 1: pixels[-1:].repeat(FOUR), FOUR: pixels[whole:]}.get(rest, pixels[-EIGHT:])
    start = whole if rest in (0, 1, FOUR) else rounds * EIGHT
    order = np.concatenate([pixels[:start], last]).reshape(-1, FOUR)[:, ORDER]
    if alone:
        return str(len(pixels)), order, 0, 0
    kernel = "eights" if not rest else f"and_{rest}" if rest in (1, FOUR) else "again"
    return kernel, order, (EIGHT - rest) % EIGHT * DOUBLE, rounds


def _words(pixels: Ints) -> tuple[str, Ints, int, int] | None:
    """The same of four channels."""
    rounds = (len(pixels) - 1) // ROUND
    order = np.concatenate([pixels[: rounds * ROUND], pixels[-ROUND:]])
    return ("words", order, (ROUND * (rounds + 1) - len(pixels)) * WORD, rounds) if rounds else None
