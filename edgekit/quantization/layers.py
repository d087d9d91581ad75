"""The layers of a float graph that have constant weights, as the fixes see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Tensor
from edgekit.quantization.draft import Draft
from edgekit.quantization.parameters import parameters_of, quantize_weights
from edgekit.quantization.rule import Rule, rule_of

Array = NDArray[Any]


@dataclass(frozen=True)
class Layer:
    """One layer with weights.

    Attributes:
        weights: float32, as the operator takes them. bias: float64 (channels,), zeros where the layer has none.
    """

    node: Node
    rule: Rule
    weights: Array
    bias: Array

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def source(self) -> str:
        """Name of the activation that the layer reads."""
        return str(self.node.inputs[0])

    @property
    def depthwise(self) -> bool:
        """Whether every output channel reads one input channel only."""
        return self.node.op.name == "depthwise_conv_2d"

    def by_channel(self, values: Array) -> Array:
        """(channels,) values shaped to multiply the weights by output channel."""
        shape = [1] * self.weights.ndim
        shape[self.rule.axis] = -1
        return np.asarray(values).reshape(shape)

    def largest(self) -> Array:
        """(channels,) largest magnitude of every output channel's weights."""
        rest = tuple(i for i in range(self.weights.ndim) if i != self.rule.axis)
        return np.asarray(np.abs(self.weights.astype(np.float64)).max(axis=rest))


def layer_of(graph: Graph, node: Node) -> Layer | None:
    """The layer of a node, None where it has no constant weights."""
    rule = rule_of(node)
    if rule.weights is None:
        return None
    given = graph.node_inputs(node)
    weights = given[rule.weights]
    bias = given[rule.bias] if rule.bias is not None and rule.bias < len(given) else None
    if weights is None or weights.data is None or (bias is not None and bias.data is None):
        return None
    real = np.zeros(weights.shape[rule.axis]) if bias is None else np.asarray(bias.data, np.float64)
    return Layer(node, rule, np.asarray(weights.data), real)


def layers(graph: Graph) -> list[Layer]:
    """All layers with weights and a bias, in execution order."""
    found = (layer_of(graph, node) for node in graph.nodes)
    return [layer for layer in found if layer is not None and layer.rule.bias is not None]


def with_constants(graph: Graph, node: Node, weights: Array, bias: Array) -> Graph:
    """A copy in which `node` has other weights and another bias; constants that nobody uses any more are gone."""
    graph = graph.copy()
    index = next(i for i, other in enumerate(graph.nodes) if other.outputs == node.outputs)
    rule = rule_of(node)
    assert rule.weights is not None and rule.bias is not None
    names = list(graph.nodes[index].inputs) + [None] * (rule.bias + 1 - len(node.inputs))
    for place, data, stem in ((rule.weights, weights, "weights"), (rule.bias, bias, "bias")):
        old = names[place]
        name = graph.unique(f"{node.name}_{stem}")
        if old is not None and sum(old in other.inputs for other in graph.nodes) == 1:
            name = old
            del graph.tensors[old]
        names[place] = graph.add(Tensor.constant(name, data.astype(np.float32)))
    graph.nodes[index] = replace(node, inputs=tuple(names))
    return graph


def stored(draft: Draft, only: str | None = None) -> dict[str, tuple[Array, Array]]:
    """By layer name: the real values of the integer weights that lowering will store, and their scales (channels,).

    Args:
        only: name of the one layer that is asked for, else all.
    """
    parameters = draft.parameters()
    found = {}
    for layer in layers(draft.graph):
        if only not in (None, layer.name):
            continue
        dtype = parameters.layers[layer.name]
        source = parameters.read.get((layer.source, dtype)) or parameters_of(dtype, 0, 1)
        integers, q = quantize_weights(
            layer.weights, draft.biases.get(layer.name, layer.bias), layer.rule.axis,
            draft.section.per_channel and layer.rule.per_channel, float(source.scale[0]),
            float(parameters.own[layer.name].scale[0]), draft.scales.get(layer.name), draft.floors.get(layer.name),
            dtype,
        )  # fmt: skip
        scale = np.broadcast_to(q.scale.astype(np.float64), layer.bias.shape)
        found[layer.name] = integers * layer.by_channel(scale), scale
    return found
