"""Convolution of 1x1 taps into one channel."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import pixel_form
from edgekit.backends.c.forms.dsp._one import one

OPERATOR = "conv_2d"

form = pixel_form(one)
