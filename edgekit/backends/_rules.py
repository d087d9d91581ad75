"""Rules that several backends have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.backends._contract import Constraint, Rejection, constraint, is_quantized
from edgekit.errors import UnsupportedError
from edgekit.export import onnx
from edgekit.graph import Graph, Node
from edgekit.target import Target


@constraint(fix="Replace the operator, or add a file of its name to edgekit/export/onnx/ops.")
def written_as_onnx(graph: Graph, node: Node, options: Any) -> str | None:
    """The operator must be one that is written as ONNX."""
    return None if onnx.supports(node.op.name) else node.op.name


@constraint(fix='Quantize activations to int8: activations = "int8", and no layers in int16 = [...].', quantized=True)
def no_int16(graph: Graph, node: Node, options: Any) -> str | None:
    """Activations must not be int16: this target takes int8."""
    tensors = [t for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t is not None]
    return next((f"{t.name} of int16" for t in tensors if t.dtype == "int16"), None)


def activations_of(*dtypes: str) -> Constraint:
    """A rule: activations are of those types, and float32 only where it is one of them (at the graph's ends)."""

    def eight_bits(graph: Graph, node: Node, options: Any) -> str | None:
        tensors = [*graph.node_inputs(node), *graph.node_outputs(node)]
        return next((t.dtype for t in tensors if t is not None and not t.is_constant and t.dtype not in dtypes), None)

    ends = ", or float32 at the graph's ends" if "float32" in dtypes else ""
    eight_bits.__doc__ = f"Activations must be {' or '.join(t for t in dtypes if t != 'float32')}{ends}."
    return constraint(fix="Quantize activations to int8.", quantized=True)(eight_bits)


@constraint(
    "pad", "relu6", "reshape", "resize_bilinear", "resize_nearest_neighbor", "split", "strided_slice", "transpose",
    fix="Requantize before or after the layer.", quantized=True,
)  # fmt: skip
def moves(graph: Graph, node: Node, options: Any) -> str | None:
    """Input and output must have the same scale and zero point: the target has one for both."""
    first, made = graph.node_inputs(node)[0], graph.node_outputs(node)[0]
    return None if first is None or first.quantization == made.quantization else "different ones"


def require_int8(graph: Graph, target: Target, arithmetic: str | None = None) -> None:
    """Raises UnsupportedError unless the graph is quantized, and for that arithmetic where one is named."""
    if not is_quantized(graph) or arithmetic not in (None, graph.arithmetic):
        kind = "an int8 graph" if arithmetic is None else f"an int8 graph of the arithmetic {arithmetic}"
        found = graph.arithmetic if is_quantized(graph) else "a float one"
        raise UnsupportedError(graph.name, f"{target.name} needs {kind}, found {found}", "quantize it")


def require_accepted(graph: Graph, target: Target, found: Sequence[Rejection]) -> None:
    """Raises UnsupportedError that names the first of what a target's `check` found, where it found anything."""
    if found:
        raise UnsupportedError(graph.name, f"{len(found)} rejections by {target.name}, first: {found[0]}", found[0].fix)
