"""Subtraction: the addition's form, with a sign."""

from __future__ import annotations

from edgekit.backends.c.forms.mve.add import form

__all__ = ["form"]
