"""1x1 convolution of 16 or 32 channels on Helium by groups of 16 pixels, by one multiplication an output."""

from edgekit.backends.c.counts.pointwise_groups_mve import features

__all__ = ["features"]
