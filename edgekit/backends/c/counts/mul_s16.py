"""Products of int16: the same walk."""

from edgekit.backends.c.counts.mul import features as features
