"""Hyperbolic tangent of int16."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._sigmoid import sigmoid


def emit(layer: Layer) -> Call:
    return sigmoid(layer, "tanh_s16", hyperbolic=True)
