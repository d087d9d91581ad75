"""Transposed convolution two windows times four filters at a time: `firmware/src/transpose_conv_by_twos_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve._transposed import transposed, vectors
from edgekit.backends.c.forms.mve.conv_2d_by_twos import FEWEST, pack

OPERATOR, FILE = "transpose_conv", "transpose_conv_by_twos_mve"
PAIR = 2  # outputs of a line


def form(layer: Layer, call: Call) -> Call | None:
    """None where channels are no fours, lines have no pairs, or outputs are clamped or shifted."""
    if integer(call.fields, "out_c") % HALF or (call.fields["low"], call.fields["high"]) != (-128, 127):
        return None
    found = transposed(layer, call)
    if found is None or min(found.widths) < PAIR or not all(np.all(of.second) for of in found.folded):
        return None
    streams = [pack(of, of.weights, max(FEWEST, vectors(of)), False) for of in found.folded]
    sizes = np.array([stream.size for stream in streams], np.int32)
    scratch = found.windows + FEWEST * VECTOR - 1
    return Call(FILE, {**found.fields, "ways": sizes, "weights": np.concatenate(streams)}, scratch=scratch)
