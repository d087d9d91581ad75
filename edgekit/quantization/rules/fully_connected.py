"""Fully connected layer: the specification gives its weights one scale, and older compilers take no other."""

from edgekit.quantization.rule import Rule

RULE = Rule(weights=1, axis=0, per_channel=False, bias=2)
