"""Convolution of 1x1 taps, 4 inputs, 10 channels, outputs stored by words."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import pixel_form
from edgekit.backends.c.forms.dsp._packed_ten import packed_ten

OPERATOR = "conv_2d"

form = pixel_form(packed_ten)
