"""Convolution of 1x1 taps, 2 to 4 inputs, outputs stored by eights or fours."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import pixel_form
from edgekit.backends.c.forms.dsp._packed_four import packed_four

OPERATOR = "conv_2d"

form = pixel_form(packed_four)
