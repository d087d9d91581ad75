"""Quantized operators computed in float32 (`through-float`): dequantize, the float kernel, quantize.

So ONNX Runtime computes, by its own operators or by tables made with them, whatever it has no integer kernel for.
Rounding is to nearest, ties to even: q = rint(x / s) + z. Additions and products that it does fuse are `qlinear`.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from edgekit.graph import Operator, Tensor
from edgekit.reference import qlinear
from edgekit.reference.simulator import Array, Kernel, dequantize_array

THROUGH_FLOAT = "through-float"


def prepare(module: ModuleType, op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The kernel of `op`, whose `module` is its file in `reference/ops/`.

    Raises:
        ValueError: the operator has no float form, or a tensor is not int8, uint8 or float32.
    """
    if qlinear.fused(op, inputs, outputs):
        return qlinear.prepare(op, inputs, outputs)
    if not hasattr(module, "prepare_float") and op.name != "quantize":
        raise ValueError("has no float form")
    for tensor in [*(t for t in inputs if t is not None), *outputs]:
        if tensor.dtype not in ("int8", "uint8", "float32"):
            raise ValueError(f"{tensor.name} is {tensor.dtype}: only 8 bits go through float")
    floats = [None if t is None else _as_float(t) for t in inputs]
    kernel = _same if op.name == "quantize" else module.prepare_float(op, floats, [_as_float(t) for t in outputs])

    def run(arrays: Sequence[Array | None]) -> list[Array]:
        given = [
            a if t is None or a is None or t.dtype == "float32" else dequantize_array(np.asarray(a), t)
            for a, t in zip(arrays, inputs, strict=True)
        ]
        return [_quantized(y, t) for y, t in zip(kernel(given), outputs, strict=True)]

    return run


def _same(arrays: Sequence[Array | None]) -> list[Array]:
    return [np.asarray(arrays[0])]


def _as_float(tensor: Tensor) -> Tensor:
    data = None if tensor.data is None else np.array(dequantize_array(tensor.data, tensor), np.float32, ndmin=1)
    if data is not None:
        data = data.reshape(tensor.shape)
    return tensor.with_(dtype="float32", quantization=None, data=data)


def _quantized(values: Array, tensor: Tensor) -> Array:
    if tensor.dtype == "float32":
        return values
    info = np.iinfo(tensor.dtype)
    steps = np.rint(values.astype(np.float32) / np.float32(tensor.scale)) + np.float32(tensor.zero_point)
    return np.asarray(np.clip(steps, info.min, info.max), tensor.dtype)
