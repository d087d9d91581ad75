"""Softmax: probabilities in 0..1."""

from edgekit.quantization.rule import Rule

RULE = Rule(output=(1 / 256, -128))
