"""Split."""

from __future__ import annotations

from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.moves import ANY_TYPE, joined
from edgekit.graph.ops.split import Split

TYPES = ANY_TYPE


def emit(layer: Layer) -> Call | Alias:
    assert isinstance(layer.op, Split)
    if len(layer.outputs) == 1:
        return Alias()
    fields = joined(layer, layer.input(0).shape, layer.op.axis, [y.shape for y in layer.outputs])
    return Call("split", {"outputs": len(layer.outputs), **fields}, listed="outputs")
