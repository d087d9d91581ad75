"""Fully connected layer, 16x8."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._products import product_fields
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.reference.requantize import effective_scale, product_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, FullyConnected)
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, width = w.shape
    per_channel = w.quantization is not None and w.quantization.scale.size > 1
    real = effective_scale(x, w, y) if per_channel else product_scale(x, w, y)
    fields = {"batches": x.elements // width, "in_c": width, "out_c": channels, "per_channel": int(per_channel)}
    return Call("fully_connected_s16", {**fields, **product_fields(layer, real, channels, layer.op.activation)})
