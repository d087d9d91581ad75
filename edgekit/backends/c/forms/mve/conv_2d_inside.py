"""Convolutions of small pictures, of whose windows only what is inside is computed: `conv_2d_inside_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._inside import inside

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    return inside(call)
