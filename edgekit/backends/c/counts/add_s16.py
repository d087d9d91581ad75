"""Sums and differences of int16: the same walk."""

from edgekit.backends.c.counts.add import features as features
