"""Fully connected layers of few outputs, whose weights take two bytes each."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._few import few
from edgekit.backends.c.forms.dsp._lines import sample_form

OPERATOR = "fully_connected"

form = sample_form(few)
