"""Operators of one int8 value as tables of 256, filled by the simulator's own kernel."""

from __future__ import annotations

import numpy as np

from edgekit import plugins
from edgekit.backends.c.call import Call, Layer
from edgekit.reference.arithmetics import arithmetic


def lookup(layer: Layer, arithmetic_name: str = "tflm") -> Call:
    """y = table[x]. Raises ValueError where the simulator refuses the layer."""
    x, y = (t.with_(shape=(256,)) for t in (layer.input(0), layer.outputs[0]))
    module = plugins.module("edgekit.reference.ops", layer.op.name)
    assert module is not None
    kernel = module.prepare_integer(layer.op, [x], [y], arithmetic(arithmetic_name))
    (table,) = kernel([np.arange(-128, 128, dtype=np.int8)])
    return Call("lookup", {"count": layer.outputs[0].elements, "table": table}, in_place=(0,))
