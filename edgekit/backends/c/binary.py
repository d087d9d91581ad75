"""What emitters of broadcast two-input operators share."""

from __future__ import annotations

from math import prod

import numpy as np

from edgekit.backends.c.call import RANK, Call, Layer, Value, output_fields, padded
from edgekit.graph import Tensor
from edgekit.reference.arithmetic import quantize_multiplier
from edgekit.reference.elementwise import SUM_SHIFTS


def broadcast_fields(layer: Layer) -> dict[str, Value]:
    """`count`, `dims`, `stride_a` and `stride_b`: how the output walks both inputs, in as few dimensions as can be."""
    y = layer.outputs[0]
    dims = list[tuple[int, int, int]]()
    for size, a, b in zip(_six(y), *(_strides(layer.input(i)) for i in range(2)), strict=True):
        outer = dims[-1] if dims else (1, 0, 0)
        if outer[0] == 1 or outer[1:] == (size * a, size * b):  # the inner goes on where the outer's next begins
            dims[-1:] = [(outer[0] * size, a, b)]
        elif size > 1:
            dims.append((size, a, b))
    found = [padded([d[i] for d in dims], int(i == 0)) for i in range(3)]
    return {"count": y.elements, "dims": found[0], "stride_a": found[1], "stride_b": found[2]}


def _six(x: Tensor) -> tuple[int, ...]:
    return (1,) * (RANK - len(x.shape)) + x.shape


def _strides(x: Tensor) -> list[int]:
    shape = _six(x)
    return [prod(shape[d + 1 :]) if shape[d] > 1 else 0 for d in range(RANK)]


def unbroadcast(layer: Layer) -> tuple[int, ...]:
    """Indices of the inputs whose memory the output may take: of its own shape, and no constants."""
    return tuple(i for i in range(2) if layer.input(i).shape == layer.outputs[0].shape and layer.input(i).data is None)


def scaled_sum(layer: Layer, activation: str, sign: int) -> Call:
    """a + sign * b; the multipliers are those of `edgekit.reference.elementwise.scaled_sum`."""
    a, b, y = layer.input(0), layer.input(1), layer.outputs[0]
    wide = y.dtype == "int16"
    twice_max = 2 * max(float(a.scale), float(b.scale))
    fields: dict[str, Value] = broadcast_fields(layer)
    for name, tensor in (("a", a), ("b", b)):
        m, shift = quantize_multiplier(float(np.float64(tensor.scale)) / twice_max)
        fields |= {} if wide else {f"{name}_zero": tensor.zero_point}
        fields |= {f"{name}_multiplier": m, f"{name}_shift": shift}
    m, shift = quantize_multiplier(twice_max / ((1 << SUM_SHIFTS[y.dtype]) * float(y.scale)))
    fields |= {"sign": sign, "out_multiplier": m, "out_shift": shift, **output_fields(y, activation)}
    if wide:
        del fields["out_zero"]
    return Call("add_s16" if wide else "add", fields, inputs=(0, 1), in_place=unbroadcast(layer))
