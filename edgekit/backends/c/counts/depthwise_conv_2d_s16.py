"""Depthwise convolution, 16x8: the same loops."""

from edgekit.backends.c.counts.depthwise_conv_2d import features as features
