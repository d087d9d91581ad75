"""Sum over axes of int16."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._reduce import reduce
from edgekit.graph.ops.sum import Sum
from edgekit.reference.arithmetic import quantize_multiplier


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Sum)
    real = float(np.float64(layer.input(0).scale) / np.float64(layer.outputs[0].scale))
    return reduce(layer, layer.op.axes, *quantize_multiplier(real))
