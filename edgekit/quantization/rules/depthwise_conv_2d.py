"""Depthwise convolution: one weight scale per output channel, the last axis of (1, Kh, Kw, Co)."""

from edgekit.quantization.rule import Rule

RULE = Rule(weights=1, axis=3, bias=2)
