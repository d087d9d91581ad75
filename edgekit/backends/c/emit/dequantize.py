"""int8 to float32."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer

TYPES = ("int8", "float32")


def emit(layer: Layer) -> Call:
    x = layer.input(0)
    return Call("dequantize", {"count": x.elements, "zero_point": x.zero_point, "scale": float(x.scale)})
