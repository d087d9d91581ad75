"""Fully connected layer."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, bias_of, multipliers, output_fields
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.reference.requantize import effective_scale, product_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, FullyConnected)
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, width = w.shape
    per_channel = w.quantization is not None and w.quantization.scale.size > 1
    real = effective_scale(x, w, y) if per_channel else product_scale(x, w, y)
    fields = {"batches": x.elements // width, "in_c": width, "out_c": channels, "in_zero": x.zero_point}
    fields |= {"per_channel": int(per_channel), **output_fields(y, layer.op.activation)}
    constants = {"weights": layer.data(1), "bias": bias_of(layer, channels)}
    return Call("fully_connected", {**fields, **constants, **multipliers(real, channels if per_channel else 1)})
