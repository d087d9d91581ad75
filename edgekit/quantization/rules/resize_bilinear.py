"""Bilinear resize: inputs and outputs share scale and zero point."""

from edgekit.quantization.rule import Rule

RULE = Rule(same=True, wide=False)
