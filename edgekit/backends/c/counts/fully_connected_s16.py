"""Fully connected layer, 16x8: the same loops."""

from edgekit.backends.c.counts.fully_connected import features as features
