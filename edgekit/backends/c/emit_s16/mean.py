"""Mean over axes of int16."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._reduce import reduce
from edgekit.graph.ops.mean import Mean
from edgekit.reference.ops.mean import mean_multiplier


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Mean)
    return reduce(layer, layer.op.axes, *mean_multiplier(layer.input(0), layer.outputs[0], layer.op.axes))
