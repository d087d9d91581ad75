"""Convolution of 3 channels on Helium by lines of columns, two pixels at a time."""

from edgekit.backends.c.counts._lines import lines as features

__all__ = ["features"]
