"""Addition of a tensor that repeats over the other, by one rounding."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._sum import broadcast_form as form

OPERATOR = "add"

__all__ = ["form"]
