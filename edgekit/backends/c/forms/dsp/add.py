"""Addition by one rounding."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp._sum import form

__all__ = ["form"]
