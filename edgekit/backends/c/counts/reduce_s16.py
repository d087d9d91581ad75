"""Sums and means of int16: the same walks."""

from edgekit.backends.c.counts.reduce import features as features
