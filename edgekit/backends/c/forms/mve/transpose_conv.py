"""Transposed convolution as matrix products of its phases: `firmware/src/transpose_conv_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._pack import BLOCK, CHUNK, HALF, VECTOR, WORD, pack_filters, pack_table
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve._transposed import transposed, vectors

FILE = "transpose_conv_mve"


def form(layer: Layer, call: Call) -> list[Call] | None:
    """With loads and products in turn where windows lie at multiples of words, and by the fewest instructions."""
    found = transposed(layer, call)
    if found is None:
        return None
    channels, in_c = integer(call.fields, "out_c"), integer(call.fields, "in_c")
    blocks, half = -(-channels // BLOCK), (channels - 1) % BLOCK < HALF
    shifted = not all(np.all(of.second) for of in found.folded)
    limited = (call.fields["low"], call.fields["high"]) != (-128, 127)
    strip = -(-(found.windows + VECTOR - 1) // VECTOR) * VECTOR
    fields: dict[str, Value] = {**found.fields, "steps": 2 if shifted else int(limited), "strip": strip}
    fields["table"] = np.concatenate([pack_table(of, shifted) for of in found.folded])
    # whether all windows of a line take a block of filters at once: 10 instructions a window less, 11 a block more
    many = [
        not shifted and vectors(of) < CHUNK // VECTOR and width * (10 + blocks) > 11 * blocks
        for of, width in zip(found.folded, found.widths, strict=True)
    ]

    def made(paired: bool) -> Call:
        ways = [way and not paired for way in many]
        filters = [pack_filters(of.weights, half and not way) for of, way in zip(found.folded, ways, strict=True)]
        packed: dict[str, Value] = {"ways": np.array(ways, np.int32), "weights": np.concatenate(filters)}
        scratch = strip + found.widths[0] * channels * (integer(call.fields, "stride_w") > 1)
        return Call(FILE, {**fields, "paired": int(paired), **packed}, scratch=scratch)

    return [made(paired) for paired in (True, False) if in_c % WORD == 0 or not paired]
