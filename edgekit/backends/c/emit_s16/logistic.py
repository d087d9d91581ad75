"""Logistic function of int16."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._sigmoid import sigmoid


def emit(layer: Layer) -> Call:
    return sigmoid(layer, "logistic_s16", hyperbolic=False)
