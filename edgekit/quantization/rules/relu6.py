"""Rectifier up to 6: input and output share scale and zero point; TensorFlow Lite Micro clamps without rescaling."""

from edgekit.quantization.rule import Rule

RULE = Rule(same=True)
