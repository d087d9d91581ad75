"""Leaky rectifier of int16."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._rescale import rescale
from edgekit.graph.ops.leaky_relu import LeakyRelu
from edgekit.reference.arithmetic import quantize_multiplier
from edgekit.reference.elementwise import real_multiplier


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, LeakyRelu)
    x, y, alpha = layer.input(0), layer.outputs[0], np.float32(layer.op.alpha)
    slope = quantize_multiplier(real_multiplier([x.scale, abs(alpha)], y.scale))
    return rescale(layer, below=slope, sign=-1 if alpha < 0 else 1)
