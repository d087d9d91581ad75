"""A fully connected layer whose features become a channels-first image, which is then transposed, gives them in the
transposed order at once: its rows and its bias are permuted. The decoders of autoencoders are so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.reshape import Reshape
from edgekit.passes._rewrite import ELEMENTWISE, Sweep

ORDER = 26


@dataclass(frozen=True)
class _Match:
    layer: Node
    order: NDArray[np.int64]


def run(graph: Graph) -> Graph:
    sweep = Sweep(graph)
    found = {node.outputs[0]: m for node in graph.nodes if node.op.name == "transpose" and (m := _match(sweep, node))}
    layers = {m.layer.outputs[0]: m for m in found.values()}
    for node in graph.nodes:
        if node.outputs[0] in found:
            sweep.change(node, Reshape(graph.tensors[node.outputs[0]].shape), node.inputs)
        elif node.outputs[0] in layers:
            order = layers[node.outputs[0]].order
            rest = [_permuted(sweep, str(n), order) for n in node.inputs[1:] if n is not None]
            sweep.change(node, node.op, (node.inputs[0], *rest))
        else:
            sweep.keep(node)
    return sweep.finish()


def _match(sweep: Sweep, node: Node) -> _Match | None:
    """The fully connected layer behind the transpose, and the order that its features are to have."""
    graph = sweep.old
    source = sweep.writer(node.inputs[0])
    if source is None or source.op.name != "reshape" or not sweep.only_reader(source.outputs[0], node):
        return None
    op: Any = node.op
    shape, after = graph.tensors[source.outputs[0]].shape, source
    layer = sweep.writer(source.inputs[0])
    while layer is not None and layer.op.name in ELEMENTWISE and sweep.only_reader(layer.outputs[0], after):
        after = layer
        layer = sweep.writer(layer.inputs[0])
    if layer is None or layer.op.name != "fully_connected" or not sweep.only_reader(layer.outputs[0], after):
        return None
    count, units = prod(graph.tensors[layer.outputs[0]].shape[:-1]), graph.tensors[layer.outputs[0]].shape[-1]
    if op.permutation[0] != 0 or shape[0] != count or not all(_constant(sweep, n) for n in layer.inputs[1:]):
        return None
    order = np.arange(units).reshape(shape[1:]).transpose([i - 1 for i in op.permutation[1:]]).reshape(-1)
    return _Match(layer, order)


def _constant(sweep: Sweep, name: str | None) -> bool:
    """Whether a weight or bias is absent, constant, or dequantized from a constant, with scales per row at most."""
    if name is None:
        return True
    writer = sweep.writer(name)
    if writer is not None and writer.op.name == "dequantize":
        name = str(writer.inputs[0])
    tensor = sweep.old.tensors[name]
    return tensor.is_constant and (tensor.quantization is None or tensor.quantization.axis in (None, 0))


def _permuted(sweep: Sweep, name: str, order: NDArray[np.int64]) -> str:
    """A constant, or a dequantized one, with its rows in another order."""
    writer = sweep.writer(name)
    if writer is not None and writer.op.name == "dequantize":
        source = _permuted(sweep, str(writer.inputs[0]), order)
        target = sweep.graph.add(sweep.old.tensors[name].with_(name=sweep.graph.unique(f"{name}_permuted")))
        sweep.keep(replace(writer, inputs=(source,), outputs=(target,)))
        return target
    tensor = sweep.old.tensors[name]
    assert tensor.data is not None
    q = tensor.quantization
    if q is not None and q.axis == 0:
        q = Quantization(q.scale[order], q.zero_point[order], 0)
    data = np.ascontiguousarray(tensor.data[order])
    return sweep.graph.add(Tensor.constant(sweep.graph.unique(f"{name}_permuted"), data, q))
