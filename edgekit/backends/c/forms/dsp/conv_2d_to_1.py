"""Convolution of 1x1 taps into one channel, pixel by pixel."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import pixel_form
from edgekit.backends.c.forms.dsp._to_1 import to_1

OPERATOR = "conv_2d"

form = pixel_form(to_1)
