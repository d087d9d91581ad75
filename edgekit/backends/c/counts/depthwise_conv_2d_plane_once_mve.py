"""Depthwise convolution plane by plane on Helium, by one multiplication an output."""

from edgekit.backends.c.counts.depthwise_conv_2d_plane_mve import features

__all__ = ["features"]
