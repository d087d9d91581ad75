"""Fully connected layers of few inputs: a pixel for every sample."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import sample_form
from edgekit.backends.c.forms.dsp._narrow import narrow

OPERATOR = "fully_connected"

form = sample_form(narrow)
