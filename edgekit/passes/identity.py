"""Operators that change nothing: a reshape to the same shape, an empty pad, a whole slice, x * 1, x + 0, ..."""

from __future__ import annotations

from typing import Any

from edgekit.graph import Graph, Node
from edgekit.passes._rewrite import Sweep, is_float

ORDER = 20


def run(graph: Graph) -> Graph:
    sweep = Sweep(graph)
    for node in graph.nodes:
        source = _same(sweep, graph, node)
        if source is None or not sweep.alias(node.outputs[0], source):
            sweep.keep(node)
    return sweep.finish()


def _same(sweep: Sweep, graph: Graph, node: Node) -> str | None:
    """The input that the node's only output equals, None when it differs."""
    if len(node.outputs) != 1 or node.inputs[0] is None:
        return None
    x, y = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
    if x.shape != y.shape or x.dtype != y.dtype or x.quantization != y.quantization:
        return None
    op: Any = node.op
    if node.op.name == "reshape":
        return x.name
    if node.op.name == "transpose":
        return x.name if op.permutation == tuple(range(len(x.shape))) else None
    if node.op.name == "pad":
        return None if any(map(any, op.paddings)) else x.name
    if node.op.name == "strided_slice":
        return x.name if set(op.strides) <= {1} and not op.shrink_axes else None
    if node.op.name in ("split", "concatenation") and len(node.inputs) == 1:
        return x.name
    if node.op.name in ("mul", "add", "sub") and is_float(graph, node) and op.activation == "none":
        other = sweep.data(node.inputs[1])
        if other is not None and bool((other == (1 if node.op.name == "mul" else 0)).all()):
            return x.name
    return None
