"""Convolution of 1x1 taps and few outputs: a sample for every pixel."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._few import few
from edgekit.backends.c.forms.dsp._lines import pixel_form

OPERATOR = "conv_2d"

form = pixel_form(few)
