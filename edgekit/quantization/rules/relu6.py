"""Rectifier up to 6: inputs and outputs share scale and zero point, as TensorFlow Lite Micro clamps without rescaling."""

from edgekit.quantization.rule import Rule

RULE = Rule(same=True)
