"""Fully connected layers of 4 inputs, 10 outputs, stored by words: a pixel for every sample."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import sample_form
from edgekit.backends.c.forms.dsp._packed_ten import packed_ten

OPERATOR = "fully_connected"

form = sample_form(packed_ten)
