"""Convolution, 16x8: the same loops."""

from edgekit.backends.c.counts.conv_2d import features as features
