"""What TensorRT asks of an ONNX model with explicit Q/DQ, checked on the written file.

Source: NVIDIA TensorRT documentation, "Working with Quantized Types" and "Explicit Quantization": symmetric int8,
scales that are constant, weights per channel along the output channels, the bias in floating point, both branches of
an addition quantized, inputs of a concatenation of equal scales.
"""

from __future__ import annotations

from typing import Any

import numpy as np

OPSETS = range(9, 18)  # TensorRT 8.0 reads up to 13, 8.6 up to 17
CHANNELS = {"Conv": 0, "ConvTranspose": 1, "Gemm": 0, "MatMul": 1}  # axis of the weights' output channels


def broken(model: Any) -> list[str]:
    """Every rule that an `onnx.ModelProto` breaks, in words; none for a model that TensorRT takes."""
    from onnx import numpy_helper

    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    writers = {name: node for node in model.graph.node for name in node.output}
    found = [f"opset {o.version} is not read by all of TensorRT 8" for o in model.opset_import
             if o.domain == "" and o.version not in OPSETS]  # fmt: skip
    for node in model.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            found += _pair(node, constants)
        elif node.op_type in CHANNELS:
            found += _product(node, writers, constants)
        elif node.op_type == "Concat":
            given = [_scale(name, writers, constants) for name in node.input]
            scales = {scale for scale in given if scale is not None}
            found += [f"{node.name}: joins tensors of different scales {sorted(scales)}"] if len(scales) > 1 else []
    return found


def _pair(node: Any, constants: dict[str, Any]) -> list[str]:
    if len(node.input) < 3 or node.input[1] not in constants or node.input[2] not in constants:
        return [f"{node.name}: scale and zero point must be constants"]
    scale, zero = constants[node.input[1]], constants[node.input[2]]
    said = []
    if zero.dtype != np.int8:
        said.append(f"{node.name}: is {zero.dtype}, TensorRT quantizes to int8")
    if zero.any():
        said.append(f"{node.name}: has zero point {zero.ravel()[zero.ravel() != 0][0]}, TensorRT knows 0 only")
    if not (scale > 0).all() or not np.isfinite(scale).all():
        said.append(f"{node.name}: a scale is not positive")
    if node.op_type == "DequantizeLinear" and node.input[0] in constants:
        said.append(f"{node.name}: weights must be float32 in front of QuantizeLinear, these are stored as integers")
    return said


def _product(node: Any, writers: dict[str, Any], constants: dict[str, Any]) -> list[str]:
    """Both operands of a quantized product come from DequantizeLinear, weights per channel along the right axis."""
    back: list[Any] = [writers.get(name) for name in node.input[:2]]
    kinds = [None if b is None else b.op_type for b in back]
    if "DequantizeLinear" not in kinds:
        return []  # in floating point
    if kinds != ["DequantizeLinear", "DequantizeLinear"]:
        return [f"{node.name}: only one of its operands is quantized"]
    weights = back[1]
    scale = constants.get(weights.input[1])
    if scale is None or scale.size == 1:
        return []
    axis = next((a.i for a in weights.attribute if a.name == "axis"), 1)
    transposed = node.op_type == "Gemm" and not any(a.name == "transB" and a.i for a in node.attribute)
    wanted = 1 if transposed else CHANNELS[node.op_type]
    return [] if axis == wanted else [f"{node.name}: weights are quantized along axis {axis}, not {wanted}"]


def _scale(name: str, writers: dict[str, Any], constants: dict[str, Any]) -> float | None:
    node = writers.get(name)
    if node is None or node.op_type != "DequantizeLinear" or node.input[1] not in constants:
        return None
    return float(constants[node.input[1]].ravel()[0])
