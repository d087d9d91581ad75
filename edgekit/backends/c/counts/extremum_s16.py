"""Maximum and minimum of int16: the same walk."""

from edgekit.backends.c.counts.extremum import features as features
