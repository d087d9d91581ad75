"""The int8 graph in the quantization that TensorRT has: every zero point 0, without a second calibration.

A tensor of scale s and zero point z becomes one of scale s * max(127 - z, 128 + z) / 127, which covers the same range.
The new scale depends on nothing else, so tensors that share a quantization (the inputs of a concatenation, of a pool)
still do. An activation after ReLU uses half of the integers: that bit is the price of symmetry, and `Simulator` of the
graph made here says what it costs. Weights are symmetric already and keep their integers; a bias is rounded anew to
the new unit of its accumulator. `softmax` and `logistic`, whose output has a fixed asymmetric scale, are computed in
float32.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.graph.ops.quantize import Quantize

FLOAT = ("softmax", "logistic")
PRODUCTS = ("conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv")


def quantization(q: Quantization) -> Quantization:
    """The symmetric quantization of the same range; a symmetric one is itself."""
    if not q.zero_point.any():
        return q
    zero = q.zero_point.astype(np.float64)
    widest = np.maximum(127 - zero, 128 + zero)
    return Quantization((q.scale * widest / 127).astype(np.float32), np.zeros_like(q.zero_point), q.axis)


def symmetric(graph: Graph) -> Graph:
    """The graph anew; outputs of `FLOAT` that are the graph's become float32, everything else keeps its type."""
    made = Graph(graph.name, {}, [], list(graph.inputs), list(graph.outputs), graph.arithmetic)
    for tensor in graph.tensors.values():
        made.add(_tensor(tensor))
    for node in graph.nodes:
        if node.op.name in PRODUCTS and len(node.inputs) > 2 and node.inputs[2] is not None:
            made.tensors[node.inputs[2]] = _bias(graph, made, node)
        if node.op.name in FLOAT and made.tensors[node.outputs[0]].quantization is not None:
            made.nodes += _in_float(made, node)
        else:
            made.nodes.append(node)
    made.validate()
    return made


def _tensor(tensor: Tensor) -> Tensor:
    q = tensor.quantization
    if q is None or tensor.dtype != "int8" or not q.zero_point.any():
        return tensor
    new = quantization(q)
    if tensor.data is None:
        return tensor.with_(quantization=new)
    shape = [1] * len(tensor.shape)
    if q.axis is not None:
        shape[q.axis] = -1
    old, zero, scale = (a.reshape(shape).astype(np.float64) for a in (q.scale, q.zero_point, new.scale))
    data = np.clip(np.rint((np.asarray(tensor.data, np.float64) - zero) * old / scale), -127, 127).astype(np.int8)
    return Tensor.constant(tensor.name, data, new)


def _bias(graph: Graph, made: Graph, node: Node) -> Tensor:
    """An int32 bias in units of the new s_in * s_w; a bias in real units as it is."""
    names = [str(name) for name in node.inputs]
    bias, weights = graph.tensors[names[2]], graph.tensors[names[1]].quantization
    if bias.data is None or bias.dtype != "int32" or weights is None:
        return bias
    before, after = graph.tensors[names[0]].scale, made.tensors[names[0]].scale
    info = np.iinfo(np.int32)
    data = np.clip(np.rint(bias.data.astype(np.float64) * (float(before) / float(after))), info.min, info.max)
    scale = (np.float32(after) * weights.scale).astype(np.float32)
    q = Quantization(scale, np.zeros(scale.shape, np.int64), 0 if scale.size > 1 else None)
    return Tensor.constant(bias.name, data.astype(np.int32), q)


def _in_float(made: Graph, node: Node) -> list[Node]:
    """Dequantize, the operator, and quantize again where its value is not the graph's output."""
    source, name = made.tensors[str(node.inputs[0])], node.outputs[0]
    nodes, given = [], source.name
    if source.quantization is not None:
        given = made.add(Tensor(made.unique(f"{source.name}_real"), source.shape, "float32"))
        nodes.append(Node(Dequantize(), (source.name,), (given,)))
    if name in made.outputs:
        made.tensors[name] = made.tensors[name].with_(dtype="float32", quantization=None)
        return [*nodes, replace(node, inputs=(given, *node.inputs[1:]))]
    real = made.add(Tensor(made.unique(f"{name}_real"), made.tensors[name].shape, "float32"))
    nodes.append(replace(node, inputs=(given, *node.inputs[1:]), outputs=(real,)))
    return [*nodes, Node(Quantize(), (real,), (name,))]
