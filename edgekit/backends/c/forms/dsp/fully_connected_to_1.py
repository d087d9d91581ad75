"""Fully connected layers of one output, sample by sample."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import sample_form
from edgekit.backends.c.forms.dsp._to_1 import to_1

OPERATOR = "fully_connected"

form = sample_form(to_1)
