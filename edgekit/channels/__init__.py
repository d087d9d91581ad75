"""Channels of int8 layers that change nothing go, with all weights that make and read them.

A channel changes nothing where every layer that reads it multiplies it by 0, or where it is one number whatever the
input: what the weights make of any int8 input lies within one step, or beyond the bounds of the output or its fused
activation. What the next layer makes of that number is a part of its bias. Networks that were trained with a weight
decay, or for more classes than are needed, have many: the visual wake words model of MLPerf Tiny has 6 of 7 in its
last layers. All outputs of the graph stay the same integers under every arithmetic: see `edgekit.channels._ranges`.

As many stay as are missing to a multiple of 8, which is what kernels are fastest with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.channels._groups import Group, groups
from edgekit.channels._ranges import Ints, Range, columns, padded, ranges, weights_of
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.reshape import Reshape
from edgekit.passes._rewrite import prune
from edgekit.reference.arithmetic import INT32_MAX, INT32_MIN

MULTIPLE = 8
WEIGHTS, BIAS = 1, 2
OUTPUT_AXIS = {"conv_2d": 0, "fully_connected": 0, "depthwise_conv_2d": 3}


def leave_out(graph: Graph) -> Graph:
    """The graph without them; the very graph where all channels change something."""
    kept: dict[str, Ints] = {}  # of the groups that lose channels: by tensor, the indices that stay in its last axis
    biases: dict[str, Ints] = {}  # by layer
    found = ranges(graph)
    for group in groups(graph):
        useless = np.all([_unread(graph, node, group, found) for node in group.readers], axis=0)
        stays = _kept(useless if group.readers else np.zeros(group.channels, bool))
        if stays.size == group.channels:
            continue
        given = {node.name: _absorbed(graph, node, group, found, stays) for node in group.readers}
        if all(b.min() >= INT32_MIN and b.max() <= INT32_MAX for b in given.values()):
            biases |= given
            kept |= {name: _indices(graph.tensors[name].shape[-1], group, stays) for name in group.tensors}
    return _cut(graph, kept, biases) if kept else graph


def sentences(before: Graph, after: Graph) -> list[str]:
    """What a person should know of what was left out between two graphs: at most one sentence."""
    channels = [
        sum(graph.tensors[node.outputs[0]].shape[-1] for node in graph.nodes if node.op.name in OUTPUT_AXIS)
        for graph in (before, after)
    ]
    if channels[0] <= channels[1]:
        return []
    return [
        f"{channels[0] - channels[1]:,} of {channels[0]:,} channels change nothing for any int8 input and are left out "
        f"with the weights that make and read them: {before.parameters():,} parameters become {after.parameters():,}, "
        f"{before.macs():,} MACs {after.macs():,}; the outputs stay the same integers"
    ]


def _unread(graph: Graph, node: Node, group: Group, found: Mapping[str, Range]) -> NDArray[np.bool_]:
    """(channels) whether a reader's output does not depend on a channel of its input."""
    constants, x = weights_of(graph, node), graph.tensors[str(node.inputs[0])]
    assert constants is not None
    w, (low, high) = constants[0], found[x.name]
    zeros = ~w.any(axis=tuple(range(w.ndim - 1)))
    index = columns(w.shape[-1], x.shape[-1])
    one = low == high
    if padded(graph, node) or len(node.inputs) <= BIAS or node.inputs[BIAS] is None:
        one = one & (low == x.zero_point)
    result: NDArray[np.bool_] = (zeros | one[index]).reshape(-1, group.channels).all(axis=0)
    return result


def _kept(useless: NDArray[np.bool_]) -> Ints:
    """Indices of the channels that stay: all that are read, and others up to a multiple."""
    count = min(useless.size, max(1, -(-int((~useless).sum()) // MULTIPLE)) * MULTIPLE)
    return np.sort(np.argsort(useless, kind="stable")[:count])


def _indices(size: int, group: Group, stays: Ints) -> Ints:
    """Of a tensor's last axis that has the group's channels once or several times."""
    return (np.arange(0, size, group.channels)[:, None] + stays).reshape(-1)


def _absorbed(graph: Graph, node: Node, group: Group, found: Mapping[str, Range], stays: Ints) -> Ints:
    """The bias of a reader with what the constants that go add to its sums."""
    constants, x = weights_of(graph, node), graph.tensors[str(node.inputs[0])]
    assert constants is not None
    w, bias = constants
    value = (found[x.name][0] - x.zero_point)[columns(w.shape[-1], x.shape[-1])]
    value[_indices(w.shape[-1], group, stays)] = 0
    result: Ints = bias + (w * value).sum(axis=tuple(range(1, w.ndim)))
    return result


def _cut(graph: Graph, kept: Mapping[str, Ints], biases: Mapping[str, Ints]) -> Graph:
    """The graph with these indices of the last axes only."""
    after = replace(graph.copy(), nodes=[])
    for name, indices in kept.items():
        tensor = graph.tensors[name]
        after.tensors[name] = tensor.with_(shape=(*tensor.shape[:-1], indices.size))
    for node in graph.nodes:
        after.nodes.append(_cut_node(graph, after, node, kept, biases))
    return prune(after)


def _cut_node(
    graph: Graph, after: Graph, node: Node, kept: Mapping[str, Ints], biases: Mapping[str, Ints]
) -> Node:  # fmt: skip
    of_input, of_output = (kept.get(str(name)) for name in (node.inputs[0], node.outputs[0]))
    if node.op.name == "reshape" and of_output is not None:
        return replace(node, op=Reshape(after.tensors[node.outputs[0]].shape))
    if node.op.name not in OUTPUT_AXIS or (of_input is None and of_output is None):
        return node
    axis, inputs = OUTPUT_AXIS[node.op.name], list(node.inputs)
    weights = graph.tensors[str(node.inputs[WEIGHTS])]
    if node.op.name != "depthwise_conv_2d" and of_input is not None:
        size, channels = weights.shape[-1], graph.tensors[str(node.inputs[0])].shape[-1]
        pixels = np.arange(0, size, channels)[:, None]
        weights = _taken(weights, (pixels + of_input).reshape(-1), len(weights.shape) - 1)
    bias = graph.tensors[str(node.inputs[BIAS])] if len(inputs) > BIAS and inputs[BIAS] is not None else None
    if bias is not None and node.name in biases:
        assert bias.data is not None
        bias = bias.with_(data=biases[node.name].astype(bias.data.dtype))
    if of_output is not None:
        weights = _taken(weights, of_output, axis)
        bias = None if bias is None else _taken(bias, of_output, 0)
    for index, tensor in ((WEIGHTS, weights), (BIAS, bias)):
        if tensor is not None:
            inputs[index] = after.add(tensor.with_(name=after.unique(f"{inputs[index]}_kept")))
    return replace(node, inputs=tuple(inputs))


def _taken(tensor: Tensor, indices: Ints, axis: int) -> Tensor:
    """Some indices of a constant along an axis, with their scales."""
    assert tensor.data is not None
    data, q = np.ascontiguousarray(np.take(tensor.data, indices, axis)), tensor.quantization
    if q is not None and q.axis == axis and q.scale.size > 1:
        q = replace(q, scale=q.scale[indices], zero_point=q.zero_point[indices])
    return tensor.with_(shape=data.shape, data=data, quantization=q)
