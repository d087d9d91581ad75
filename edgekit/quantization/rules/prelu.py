"""Parametric rectifier: the slopes are int8 with one scale like every constant that is no weight."""

from edgekit.quantization.rule import Rule

RULE = Rule(wide=False)
