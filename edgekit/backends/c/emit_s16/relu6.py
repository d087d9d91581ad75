"""Rectifier of int16 that saturates at 6: in the input's quantization, as the simulator states."""

from __future__ import annotations

from dataclasses import replace

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._rescale import rescale

ONE = (1 << 30, 1)  # multiplier and shift


def emit(layer: Layer) -> Call:
    same = layer.outputs[0].with_(quantization=layer.input(0).quantization)
    return rescale(replace(layer, outputs=[same]), "relu6", ONE)
