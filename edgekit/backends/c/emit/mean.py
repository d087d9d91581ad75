"""Mean over axes."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.reduce import reduce
from edgekit.graph.ops.mean import Mean
from edgekit.reference.ops.mean import mean_multiplier


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Mean)
    m, shift = mean_multiplier(layer.input(0), layer.outputs[0], layer.op.axes)
    return reduce(layer, layer.op.axes, m, shift)
