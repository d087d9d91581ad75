"""What ONNX Runtime's int8 kernels compute on the CPU, from Q/DQ models."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from edgekit.graph import Operator, Tensor
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor
from edgekit.reference import onnx_places, qlinear
from edgekit.reference.arithmetic import EVEN
from edgekit.reference.arithmetics import Arithmetic

SIGMOIDS: dict[str, Callable[[Any], Any]] = {"logistic": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}
NEAR = 2.0**-15  # of a half: float32 sigmoids of processors with and without fused multiplications differ by less
PRODUCTS = {"conv_2d": 0, "depthwise_conv_2d": 3, "fully_connected": 0}  # with the axis of the channels
THROUGH_FLOAT = (
    "add", "average_pool_2d", "leaky_relu", "logistic", "mul", "prelu", "quantize", "relu", "relu_n1_to_1", "softmax",
    "sub", "sum", "tanh",
)  # fmt: skip
UNPREDICTED = {
    "hard_swish": "its float32 kernel rounds in another order, a value of some thousands differs",
    "mean": "its float32 sums run in the order of the processor's vectors",
    "resize_bilinear": "its weights are rounded in a way that was not found out",
    "transpose_conv": "it has no integer kernel, and its float32 sums run in the order of the processor's vectors",
}


def refuse(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str | None:
    """Operators of `UNPREDICTED`, and products whose accumulators may leave int32, where the order counts."""
    if op.name in UNPREDICTED:
        return UNPREDICTED[op.name]
    wide = [t.name for t in (*inputs, *outputs) if t is not None and t.dtype == "int16"]
    if wide:
        return f"{wide[0]} is int16, of which it has no kernels"
    if op.name in ("maximum", "minimum") and any(
        t is not None and t.quantization != outputs[0].quantization for t in inputs
    ):
        return "its inputs and output differ in quantization"
    if op.name == "average_pool_2d" and not qlinear.fused(op, inputs, outputs):
        return "its activation keeps it from fusion, and its float32 sums run in the order of the processor's vectors"
    if op.name in SIGMOIDS and _ties(SIGMOIDS[op.name], inputs[0], outputs[0]):
        return "a value is so near a half that its float32 rounding depends on the processor"
    if isinstance(op, ResizeNearestNeighbor) and inputs[0] is not None:
        sizes = zip(inputs[0].shape[1:3], op.size, strict=True)
        if any(onnx_places.depends_on_release(op, size, wanted) for size, wanted in sizes):
            return "a pixel lies so little below the middle of two that its releases take different ones"
    if op.name not in PRODUCTS or inputs[1] is None or inputs[1].data is None:
        return None
    weights = np.moveaxis(inputs[1].data.astype(np.int64), PRODUCTS[op.name], 0)
    limit = 255 * np.abs(weights.reshape(len(weights), -1)).sum(axis=1)
    bias = inputs[2] if len(inputs) > 2 else None
    if bias is not None and bias.data is not None:
        limit = limit + np.abs(bias.data.astype(np.int64))
    return "accumulators may leave int32" if limit.max(initial=0) >= 1 << 31 else None


def _ties(function: Callable[[Any], Any], x: Tensor | None, y: Tensor) -> bool:
    """Whether one of the 256 outputs lies between two integers, as near as float32 can tell."""
    if x is None or x.dtype != "int8" or x.quantization is None or y.quantization is None:
        return False
    values = np.arange(-128, 128, dtype=np.float64)
    with np.errstate(over="ignore"):
        exact = function((values - x.zero_point) * float(x.scale)) / float(y.scale)
    return bool((np.abs(exact - np.floor(exact) - 0.5) < NEAR).any())


ARITHMETIC = Arithmetic(
    "onnxruntime",
    "ONNX Runtime (PyPI onnxruntime)",
    deviations={
        **dict.fromkeys(PRODUCTS, "float32"),
        **dict.fromkeys(THROUGH_FLOAT, "through-float"),
        "relu6": "clamp-only",
        "resize_nearest_neighbor": onnx_places.ONNX_PLACES,
    },
    bounds=EVEN,
    refuse=refuse,
)
