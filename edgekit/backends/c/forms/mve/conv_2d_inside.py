"""Convolutions of small pictures, of whose windows only what is inside is computed: `conv_2d_inside_mve.c`. 1x1 kernels
whose filters registers can hold need fewer cycles that way."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._inside import inside
from edgekit.backends.c.forms.mve._narrow import narrow
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d import MANY

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    held = narrow(call)
    return None if held is not None and integer(held.fields, "pixels") >= MANY else inside(call)
