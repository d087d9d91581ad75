"""Functions of one value that are linear on either side of zero."""

from edgekit.backends.c.counts.lookup import features as features
