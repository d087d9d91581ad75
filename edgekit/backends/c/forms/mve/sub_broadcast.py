"""Subtraction: the addition's form, with a sign."""

from __future__ import annotations

from edgekit.backends.c.forms.mve.add_broadcast import form

OPERATOR = "sub"

__all__ = ["form"]
