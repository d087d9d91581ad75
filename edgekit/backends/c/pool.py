"""What the pooling emitters share."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, output_fields, window_fields


def pool(layer: Layer, kernel: str, window: tuple[int, int], stride: tuple[int, int], activation: str) -> Call:
    x, y = layer.input(0), layer.outputs[0]
    limits = output_fields(y, activation)
    fields = window_fields(x.shape, y.shape, window, stride, (1, 1))
    return Call(kernel, {**fields, "low": limits["low"], "high": limits["high"]}, source="pool_2d")
