"""float32 to int8, or int8 to int8 by a table."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.table import lookup

TYPES = ("int8", "float32")


def emit(layer: Layer) -> Call:
    x, y = layer.input(0), layer.outputs[0]
    if x.dtype == "int8":
        return lookup(layer)
    return Call("quantize", {"count": y.elements, "zero_point": y.zero_point, "scale": float(y.scale)})
