"""Fully connected layers of one output: a pixel for every sample."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import sample_form
from edgekit.backends.c.forms.dsp._one import one

OPERATOR = "fully_connected"

form = sample_form(one)
