"""Convolution of 4 channels on Helium by lines of columns."""

from edgekit.backends.c.counts._lines import lines as features

__all__ = ["features"]
