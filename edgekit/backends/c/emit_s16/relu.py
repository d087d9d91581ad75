"""Rectifier of int16."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._rescale import rescale


def emit(layer: Layer) -> Call:
    return rescale(layer, "relu")
