"""Clamp to -1..1: every tensor has parameters of its own."""

from edgekit.quantization.rule import Rule

RULE = Rule(wide=False)
