"""Sums: the form of means."""

from __future__ import annotations

from edgekit.backends.c.forms.dsp.mean import form

__all__ = ["form"]
