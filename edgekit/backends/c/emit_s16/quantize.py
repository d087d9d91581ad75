"""Between int8 and int16, int16 and int16, and from float32 to int16."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._rescale import rescale

TYPES = ("int8", "int16", "float32")


def emit(layer: Layer) -> Call:
    x, y = layer.input(0), layer.outputs[0]
    if x.dtype == "float32":
        fields = {"count": y.elements, "zero_point": y.zero_point, "scale": float(y.scale)}
        return Call("quantize_s16", fields, source="real_s16")
    return rescale(layer)
