"""Multiplications and additions of constants per channel go into the weights and the bias of the operator before them:
batch norms after convolutions and fully connected layers, scaled inputs of such layers, biases that stand alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node
from edgekit.passes._rewrite import Sweep, is_float, per_channel

ORDER = 30
AXES = {"conv_2d": 0, "fully_connected": 0, "transpose_conv": 0, "depthwise_conv_2d": 3}
"""Operators with weights, and the axis of the output channels in them."""


def run(graph: Graph) -> Graph:
    while (after := _once(graph)) is not graph:  # to the end: a later fused activation would hide an offset
        graph = after
    return graph


def _once(graph: Graph) -> Graph:
    sweep = Sweep(graph)
    absorbed: dict[str, tuple[Node, Node]] = {}  # last output of a folded chain -> the weighted node, the folded one
    for node in graph.nodes:
        if node.op.name not in ("mul", "add", "sub") or not is_float(graph, node):
            continue
        host = sweep.writer(node.inputs[0])
        if host is not None and host.outputs[0] not in absorbed and _foldable(sweep, graph, host, node):
            absorbed[host.outputs[0]] = (host, node)
    done = {id(node) for _, node in absorbed.values()}
    for node in graph.nodes:
        if node.outputs[0] in absorbed:
            _fold(sweep, graph, *absorbed[node.outputs[0]])
        elif id(node) not in done:
            sweep.keep(node)
    return sweep.finish() if absorbed else _forward(graph)


def _weights(sweep: Sweep, node: Node) -> bool:
    constant = sweep.data(node.inputs[1]) is not None
    return constant and (len(node.inputs) < 3 or node.inputs[2] is None or sweep.data(node.inputs[2]) is not None)


def _foldable(sweep: Sweep, graph: Graph, host: Node, node: Node) -> bool:
    op: Any = host.op
    if host.op.name not in AXES or not is_float(graph, host) or op.activation != "none" or not _weights(sweep, host):
        return False
    fused: Any = node.op
    if host.op.name == "transpose_conv" and fused.activation != "none":
        return False
    data = sweep.data(node.inputs[1])
    shapes = [graph.tensors[n].shape for n in (host.outputs[0], node.outputs[0])]
    return (
        data is not None
        and shapes[0] == shapes[1]
        and per_channel(data, shapes[0]) is not None
        and sweep.only_reader(host.outputs[0], node)
    )


def _fold(sweep: Sweep, graph: Graph, host: Node, node: Node) -> None:
    """Append `host` with the constant of `node` in its weights and bias, under `node`'s name."""
    weights, operand = sweep.data(host.inputs[1]), sweep.data(node.inputs[1])
    assert weights is not None and operand is not None
    channels = per_channel(operand, graph.tensors[host.outputs[0]].shape)
    assert channels is not None
    axis = AXES[host.op.name]
    bias = sweep.data(host.inputs[2]) if len(host.inputs) > 2 else None
    offset = np.zeros(weights.shape[axis], np.float64) if bias is None else bias.astype(np.float64)
    name = str(host.inputs[1])
    if node.op.name == "mul":
        factor = channels.astype(np.float64)
        name = sweep.constant(f"{name}_scaled", _scaled(weights, factor, axis))
        offset = offset * factor
    else:
        offset = offset + (channels if node.op.name == "add" else -channels)
    op: Any = host.op
    fused: Any = node.op
    inputs = [host.inputs[0], name]
    if bias is not None or offset.any():
        inputs.append(sweep.constant(f"{node.outputs[0]}_bias", offset.astype(np.float32)))
    sweep.changed = True
    sweep.keep(Node(replace(op, activation=fused.activation), tuple(inputs), node.outputs))


def _scaled(weights: NDArray[Any], factor: NDArray[Any], axis: int) -> NDArray[np.float32]:
    shape = [1] * weights.ndim
    shape[axis] = -1
    result: NDArray[np.float32] = (weights.astype(np.float64) * factor.reshape(shape)).astype(np.float32)
    return result


def _forward(graph: Graph) -> Graph:
    """Scales and offsets before a layer go into it, where nothing before them could take them.

    Offsets only where no padding mixes in: the padding's zeros are not offset.
    """
    sweep = Sweep(graph)
    for node in graph.nodes:
        before = sweep.writer(node.inputs[0]) if node.inputs else None
        folded = None
        if before is not None and node.op.name in ("conv_2d", "fully_connected") and is_float(graph, node):
            folded = _through(sweep, graph, before, node)
        if folded is None:
            sweep.keep(node)
        else:
            sweep.change(node, node.op, folded)
    return sweep.finish()


def _through(sweep: Sweep, graph: Graph, before: Node, node: Node) -> tuple[str | None, ...] | None:
    """The inputs of `node` with `before` folded into weights and bias, None where that cannot be done exactly."""
    op: Any = before.op
    data = sweep.data(before.inputs[1]) if before.op.name in ("mul", "add") else None
    shape = graph.tensors[before.outputs[0]].shape
    source = graph.tensors[str(before.inputs[0])]
    if data is None or op.activation != "none" or source.shape != shape or not is_float(graph, before):
        return None
    channels = per_channel(data, shape)
    weights = sweep.data(node.inputs[1])
    single = sweep.only_reader(before.outputs[0], node)
    if channels is None or weights is None or not single or not _weights(sweep, node) or weights.shape[-1] != shape[-1]:
        return None
    bias = node.inputs[2] if len(node.inputs) > 2 else None
    if before.op.name == "mul":
        scaled = _scaled(weights, channels.astype(np.float64), weights.ndim - 1)
        name = sweep.constant(f"{node.inputs[1]}_scaled", scaled)
        return (source.name, name, *([bias] if bias else []))
    window: Any = node.op
    if node.op.name == "conv_2d" and window.padding != "valid":
        return None
    offset = (weights.astype(np.float64) @ channels.astype(np.float64)).reshape(weights.shape[0], -1).sum(axis=1)
    given = sweep.data(bias)
    total = offset if given is None else offset + given
    return source.name, node.inputs[1], sweep.constant(f"{node.outputs[0]}_bias", total.astype(np.float32))
