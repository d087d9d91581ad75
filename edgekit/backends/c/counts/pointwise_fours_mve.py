"""1x1 convolution of 8 or 16 channels on Helium: groups of 16 pixels, and 4 output channels of each."""

from edgekit.backends.c.counts.pointwise_groups_mve import features

__all__ = ["features"]
