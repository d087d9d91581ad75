"""Concatenation."""

from __future__ import annotations

from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.moves import ANY_TYPE, joined
from edgekit.graph.ops.concatenation import Concatenation

TYPES = ANY_TYPE


def emit(layer: Layer) -> Call | Alias:
    assert isinstance(layer.op, Concatenation)
    count = len(layer.inputs)
    if count == 1:
        return Alias()
    parts = [layer.input(i).shape for i in range(count)]
    fields = joined(layer, layer.outputs[0].shape, layer.op.axis, parts)
    return Call("concatenation", {"inputs": count, **fields}, inputs=range(count), listed="inputs")
