"""Rules that several backends have."""

from __future__ import annotations

from typing import Any

from edgekit.backends._contract import constraint
from edgekit.export import onnx
from edgekit.graph import Graph, Node


@constraint(fix="Replace the operator, or add a file of its name to edgekit/export/onnx/ops.")
def written_as_onnx(graph: Graph, node: Node, options: Any) -> str | None:
    """The operator must be one that is written as ONNX."""
    return None if onnx.supports(node.op.name) else node.op.name


@constraint(fix='Quantize activations to int8: activations = "int8", and no layers in int16 = [...].', quantized=True)
def no_int16(graph: Graph, node: Node, options: Any) -> str | None:
    """Activations must not be int16: the vendor's tools quantize to int8."""
    tensors = [t for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t is not None]
    return next((f"{t.name} of int16" for t in tensors if t.dtype == "int16"), None)


@constraint(
    "pad", "relu6", "reshape", "resize_bilinear", "resize_nearest_neighbor", "split", "strided_slice", "transpose",
    fix="Requantize before or after the layer.", quantized=True,
)  # fmt: skip
def moves(graph: Graph, node: Node, options: Any) -> str | None:
    """Input and output must have the same scale and zero point: the target has one for both."""
    first, made = graph.node_inputs(node)[0], graph.node_outputs(node)[0]
    return None if first is None or first.quantization == made.quantization else "different ones"
