"""int16 to float32."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer

TYPES = ("int16", "float32")


def emit(layer: Layer) -> Call:
    x = layer.input(0)
    fields = {"count": x.elements, "zero_point": x.zero_point, "scale": float(x.scale)}
    return Call("dequantize_s16", fields, source="real_s16")
