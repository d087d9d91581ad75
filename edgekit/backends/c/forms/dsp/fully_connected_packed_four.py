"""Fully connected layers of 2 to 4 inputs, outputs stored by eights or fours: a pixel for every sample."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._lines import sample_form
from edgekit.backends.c.forms.dsp._packed_four import packed_four

OPERATOR = "fully_connected"

form = sample_form(packed_four)
