"""Logistic function and tanh of int16, value by value."""

from edgekit.backends.c.counts.lookup import features as features
