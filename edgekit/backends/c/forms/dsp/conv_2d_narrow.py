"""Convolution of 1x1 taps and few inputs."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import pixel_form
from edgekit.backends.c.forms.dsp._narrow import narrow

OPERATOR = "conv_2d"

form = pixel_form(narrow)
