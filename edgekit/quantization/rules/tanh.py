"""Hyperbolic tangent: values in -1..1."""

from edgekit.quantization.rule import Rule

RULE = Rule(output=(1 / 128, 0))
