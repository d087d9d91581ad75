"""Models of the converter's "dynamic range" kind: int8 weights between float activations.

LiteRT quantizes their activations anew for every input ("hybrid" kernels), which no microcontroller and no accelerator
here does. Their int8 weights are a way to store a float model, and that is how they are read: as float32 weights.
"""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.doubts import ModelWarning
from edgekit.graph import Graph, Node, Tensor


def float_weights(graph: Graph) -> None:
    """Replace, in place, quantized constants that meet float activations by their real values, as `name/float`.

    Warns with ModelWarning when there are any.
    """
    renamed: dict[str, str] = {}
    graph.nodes = [_float_node(graph, node, renamed) for node in graph.nodes]
    if renamed:
        text = f"{graph.name}: {len(renamed)} int8 weights between float activations (a dynamic-range model) are read"
        warnings.warn(f"{text} as float weights: the model counts as float", ModelWarning, stacklevel=2)


def _float_node(graph: Graph, node: Node, renamed: dict[str, str]) -> Node:
    if not any(t is not None and not t.is_constant and t.dtype == "float32" for t in graph.node_inputs(node)):
        return node
    names = list(node.inputs)
    for index, tensor in enumerate(graph.node_inputs(node)):
        if tensor is not None and tensor.dtype == "int8" and tensor.data is not None and tensor.quantization:
            if tensor.name not in renamed:
                renamed[tensor.name] = graph.unique(f"{tensor.name}/float")
                graph.add(Tensor.constant(renamed[tensor.name], _real(tensor)))
            names[index] = renamed[tensor.name]
    return replace(node, inputs=tuple(names))


def _real(tensor: Tensor) -> NDArray[np.float32]:
    q = tensor.quantization
    assert q is not None
    shape = [1] * len(tensor.shape)
    if q.axis is not None:
        shape[q.axis] = -1
    integers = np.asarray(tensor.data).astype(np.int64) - q.zero_point.reshape(shape)
    return (integers * q.scale.astype(np.float64).reshape(shape)).astype(np.float32)
