"""Pooling of int16: the same loops."""

from edgekit.backends.c.counts.pool_2d import features as features
