"""The graph in real numbers, for targets that take float models."""

from __future__ import annotations

import numpy as np

from edgekit.backends._contract import Array
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.reshape import Reshape


def real_form(graph: Graph) -> Graph:
    """A float graph of an int8 one: the same layers on the real values of its constants; a float graph as it is.

    Inputs and outputs keep their names and become float32.
    """
    if not any(t.quantization is not None for t in graph.tensors.values()):
        return graph
    real = Graph(graph.name, {}, [], list(graph.inputs), list(graph.outputs))
    alias: dict[str, str] = {}
    for tensor in graph.tensors.values():
        if tensor.data is None:
            real.add(Tensor(tensor.name, tensor.shape, "float32"))
        elif tensor.dtype in ("int8", "uint8", "int16") and tensor.quantization is not None:
            real.add(Tensor.constant(tensor.name, _real(tensor)))
        elif tensor.dtype == "float32":
            real.add(tensor)
    for node in graph.nodes:
        inputs = [None if n is None else alias.get(n, n) for n in node.inputs]
        if node.op.name in ("quantize", "dequantize") and node.outputs[0] not in graph.outputs:
            alias[node.outputs[0]] = str(inputs[0])
            continue
        for index, name in enumerate(inputs):
            if name is not None and name not in real.tensors:
                inputs[index] = _bias(graph, real, node, name)
        if node.op.name in ("quantize", "dequantize"):  # an output of the graph: a reshape to the same shape
            node = Node(Reshape(graph.tensors[node.outputs[0]].shape), tuple(inputs), node.outputs)
        real.nodes.append(Node(node.op, tuple(inputs), node.outputs))
    used = {n for node in real.nodes for n in (*node.inputs, *node.outputs) if n is not None} | {*real.inputs}
    real.tensors = {name: tensor for name, tensor in real.tensors.items() if name in used}
    real.validate()
    return real


def _real(tensor: Tensor) -> Array:
    """The real values of a constant, quantized per tensor or per channel."""
    q = tensor.quantization
    assert q is not None and tensor.data is not None
    shape = [1] * len(tensor.shape)
    if q.axis is not None:
        shape[q.axis] = -1
    scale, zero = (part.reshape(shape if q.axis is not None else ()) for part in (q.scale, q.zero_point))
    return np.asarray((tensor.data.astype(np.float64) - zero) * scale).astype(np.float32)


def _bias(graph: Graph, real: Graph, node: Node, name: str) -> str:
    """An int32 bias in units of s_in * s_w."""
    first, weights = (graph.tensors[str(n)] for n in node.inputs[:2])
    assert weights.quantization is not None
    data = np.asarray(graph.tensors[name].data, np.float64) * float(first.scale) * weights.quantization.scale
    return real.add(Tensor.constant(real.unique(name), data.astype(np.float32)))
