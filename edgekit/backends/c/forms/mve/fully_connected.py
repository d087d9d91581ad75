"""Fully connected: a 1x1 convolution of `batches` pixels."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._pack import products


def form(layer: Layer, call: Call) -> list[Call]:
    return products(call, geometry_of(call))


def geometry_of(call: Call) -> dict[str, Value]:
    """Of the convolution."""
    fields = call.fields
    geometry: dict[str, Value] = dict.fromkeys(
        ("batches", "in_h", "out_h", "kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w"), 1
    )
    geometry |= {"in_w": fields["batches"], "out_w": fields["batches"], "pad_top": 0, "pad_left": 0}
    return geometry | {"in_c": fields["in_c"], "out_c": fields["out_c"]}
