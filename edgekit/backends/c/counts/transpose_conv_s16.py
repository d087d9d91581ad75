"""Transposed convolution, 16x8: the same loops."""

from edgekit.backends.c.counts.transpose_conv import features as features
