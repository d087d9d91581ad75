"""Transposed convolution: one weight scale per output channel."""

from edgekit.quantization.rule import Rule

RULE = Rule(weights=1, axis=0, bias=2)
