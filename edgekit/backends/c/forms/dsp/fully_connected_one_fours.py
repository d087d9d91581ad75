"""Fully connected layers of one output, four samples at a time."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import sample_form
from edgekit.backends.c.forms.dsp._one_fours import one_fours

OPERATOR = "fully_connected"

form = sample_form(one_fours)
