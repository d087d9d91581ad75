"""ONNX scales and zero points as `Quantization`: unsigned 8-bit values become signed by subtracting 128 from both."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import UnsupportedError
from edgekit.frontend.onnx.importer import Constant, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Quantization


def parameters(
    importer: Importer, node: OnnxNode, scale: int, zero: int, shape: tuple[int, ...], axis: int | None = None
) -> tuple[Quantization, str]:
    """Quantization from inputs `scale` and `zero` of a node, and ONNX's integer type (uint8 without a zero point).

    Args:
        shape: of the quantized value; `axis`: its channel axis where there is more than one scale.
    """
    scales = importer.required(node, scale, "the scale")
    zeros = importer.constant(node, zero, "the zero point")
    kind = "uint8" if zeros is None else zeros.dtype.name
    if kind not in ("uint8", "int8", "int16", "int32"):
        raise node.unsupported(f"quantization to {kind} is not supported", "8-bit and int16 activations are")
    if scales.dtype.kind != "f":
        raise node.unsupported(f"scales of type {scales.dtype} are not supported")
    scales = scales.astype(np.float32)
    node.require(bool(np.isfinite(scales).all() and (scales > 0).all()), "scales must be positive and finite")
    zeros = np.zeros(scales.shape, np.int64) if zeros is None else zeros.astype(np.int64)
    zeros = zeros - (128 if kind == "uint8" else 0)
    if kind == "int16" and zeros.any():
        raise node.unsupported("int16 with a zero point is not supported", "quantize int16 symmetrically, around 0")
    node.require(
        zeros.size == scales.size, "scale and zero point must have one shape", f"{scales.shape}, {zeros.shape}"
    )
    if scales.size == 1:
        return Quantization(scales.reshape(1), zeros.reshape(1)), kind
    if scales.ndim != 1 or axis is None or not -len(shape) <= axis < len(shape):
        raise node.unsupported(f"scales of shape {scales.shape} are not supported", "quantize per tensor or per axis")
    axis %= len(shape)
    node.require(scales.size == shape[axis], f"needs one scale per index of axis {axis}", scales.size)
    return Quantization(scales, zeros, axis), kind


def signed(array: NDArray[Any]) -> NDArray[Any]:
    """uint8 values as int8 ones, 128 less; others unchanged."""
    return (array.astype(np.int16) - 128).astype(np.int8) if array.dtype == np.uint8 else array


def dequantized(importer: Importer, node: OnnxNode, index: int, quantization: Quantization, stem: str) -> str:
    """Bind and return a new value name: input `index` dequantized, as a constant or through a dequantize node.

    Raises:
        UnsupportedError: the integers were quantized with other parameters than they are dequantized with.
    """
    from edgekit.graph.ops.dequantize import Dequantize

    source = importer.value(node.inputs[index])
    name = importer.unique(f"{stem}_real")
    while name in importer.values:
        name += "_"
    if isinstance(source, Constant):
        if source.quantization is not None or source.array.dtype.name not in (
            "int8",
            "uint8",
            "int16",
            "int32",
            "int64",
        ):
            raise node.unsupported(f"dequantizing constants of type {source.array.dtype} is not supported")
        importer.bind(name, Constant(signed(source.array), quantization))
        return name
    tensor = importer.graph.tensors[source]
    if tensor.quantization is None:
        raise node.unsupported(f"reads integers of type {tensor.dtype} that nothing quantized")
    if tensor.quantization != quantization:
        found = [(q.scale[:2].tolist(), q.zero_point[:2].tolist()) for q in (tensor.quantization, quantization)]
        text = f"integers quantized with scale and zero point {found[0]} are dequantized with {found[1]}"
        raise node.unsupported(text, "use one scale and zero point")
    importer.bind(name, importer.emit(Dequantize(), [source], name, dtype="float32"))
    return name


def quantize(importer: Importer, node: OnnxNode, value: str, quantization: Quantization, kind: str = "int8") -> None:
    """Bind the node's output to a computed value quantized to int8, or int16 where `kind` says so."""
    from edgekit.graph.ops.quantize import Quantize

    if quantization.axis is not None:
        raise node.unsupported("activations are quantized per tensor, found scales per channel")
    name = node.outputs[0]
    tensor = importer.emit(
        Quantize(),
        [importer.tensor(value)],
        name,
        dtype="int16" if kind == "int16" else "int8",
        quantization=quantization,
    )
    importer.bind(name, tensor)


def quantization_of_input(
    importer: Importer, name: str, dtype: str, nodes: list[OnnxNode], where: str
) -> Quantization:  # fmt: skip
    """Parameters of an integer graph input: those with which its first reader dequantizes it.

    Only constants that are initializers are known at this time.
    """
    for node in nodes:
        places = (
            (1, 2) if node.op == "DequantizeLinear" or node.op.startswith("QLinear") or node.op == "QGemm" else None
        )
        if places is None or name not in node.inputs[:1] or not all(node.has(i) for i in places):
            continue
        if all(node.inputs[i] in importer.values for i in places):
            found, kind = parameters(importer, node, 1, 2, ())
            if kind == dtype:
                return found
    raise UnsupportedError(where, f"type {dtype} without a DequantizeLinear that says its scale", "use a float32 input")


def emit_quantized(
    importer: Importer,
    node: OnnxNode,
    op: str,
    operands: list[tuple[int, int, int]],
    output: tuple[int, int],
    *,
    bias: int | None = None,
    weight_axis: int = 0,
    attributes: dict[str, Any] | None = None,
) -> None:
    """A QLinear operator as dequantize, the float operator, quantize: lowering makes one integer operator of it.

    Args:
        op: the float operator whose handler does the work.
        operands: (value, scale, zero point) input numbers of each operand.
        output: (scale, zero point) input numbers of the output.
        bias: input number of an int32 bias with scale operand 0 times operand 1; operand 1 are the weights then.
        weight_axis: the channel axis of constant operands with several scales.
    """
    names: list[str] = []
    scales: list[Quantization] = []
    for value, scale, zero in operands:
        shape = importer.shape(node.inputs[value])
        found, _ = parameters(importer, node, scale, zero, shape, weight_axis)
        scales.append(found)
        names.append(dequantized(importer, node, value, found, f"{node.outputs[0]}_{len(names)}"))
    if bias is not None and node.has(bias):
        product = scales[0].scale * scales[1].scale
        found = Quantization(product, np.zeros(product.shape, np.int64), 0 if product.size > 1 else None)
        names.append(dequantized(importer, node, bias, found, f"{node.outputs[0]}_bias"))
    middle = f"{node.outputs[0]}_value"
    while middle in importer.values:
        middle += "_"
    kept = node.attributes if attributes is None else attributes
    importer.run(OnnxNode(op, node.name, tuple(names), (middle,), kept, max(node.opset, 13) if not node.domain else 13))
    quantize(importer, node, middle, *parameters(importer, node, *output, ()))
