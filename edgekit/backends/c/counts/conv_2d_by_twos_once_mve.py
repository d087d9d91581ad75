"""Two windows times four filters on Helium, by one multiplication an output."""

from edgekit.backends.c.counts.conv_2d_by_twos_mve import features

__all__ = ["features"]
