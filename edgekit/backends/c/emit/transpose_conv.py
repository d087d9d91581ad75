"""Transposed convolution."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value, bias_of, multipliers, output_fields, window_fields
from edgekit.backends.c.phases import in_phases
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.reference.requantize import effective_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, TransposeConv)
    op, x, w, y = layer.op, layer.input(0), layer.input(1), layer.outputs[0]
    channels, kernel = w.shape[0], (w.shape[1], w.shape[2])
    undo = window_fields(y.shape, x.shape, kernel, op.stride, (1, 1))  # the convolution from y back to x
    fields = undo | {"in_h": x.shape[1], "in_w": x.shape[2], "in_c": x.shape[3]}
    fields |= {"out_h": y.shape[1], "out_w": y.shape[2], "out_c": channels, "in_zero": x.zero_point}
    constants: dict[str, Value] = {"weights": in_phases(layer.data(1), op.stride), "bias": bias_of(layer, channels)}
    return Call(
        "transpose_conv",
        {**fields, **output_fields(y, op.activation), **constants, **multipliers(effective_scale(x, w, y), channels)},
    )
