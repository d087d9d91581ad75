"""Cross-layer equalization: channels of an activation are scaled to alike ranges, by the weights before and after it.

Between two layers that only a function f with f(s x) = s f(x) separates (ReLU, pools, padding with zeros), channel c of
the first may be divided by any s_c > 0 when the second multiplies what it reads of that channel by s_c: the same
function, other ranges. M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV
2019, eq. 11: s = sqrt(r1 / r2), with r1 and r2 the ranges that share one scale on either side. There these are
the weights of both layers, per tensor. Where every output channel has a weight scale of its own, the first layer's
weights take any s for free and it is the activation's channels that share one scale, so r1 is their range over the
calibration data; and a depthwise second layer takes any s for free as well.

ReLU6 does not commute with scaling where it clips: channels that reach 6 keep their scale, the others stay below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node
from edgekit.quantization.draft import Draft
from edgekit.quantization.layers import Layer, layer_of, with_constants
from edgekit.quantization.observe import Progress
from edgekit.quantization.statistics import Statistics, statistics

COST = 10
ABOUT = "cross-layer equalization"
Array = NDArray[Any]
TRANSPARENT = frozenset(["relu", "leaky_relu", "max_pool_2d", "average_pool_2d", "mean", "pad", "reshape"])
SWEEPS = 20
SETTLED = 1e-3  # a sweep that moves no scale by more ends the loop
LIMIT = 2.0**16  # of a channel's scale: weights shall stay well inside float32
BELOW = 5.9  # largest value that a channel before ReLU6 may get


@dataclass(frozen=True)
class Pair:
    """Names of two layers; channel c of the first is channel c, c + C, c + 2 C ... of what the second reads."""

    first: str
    second: str


def apply(draft: Draft, progress: Progress | None) -> Draft:
    pairs = find(draft.graph)
    if not pairs:
        return draft
    graph = equalized(draft.graph, pairs, statistics(draft.graph, draft.samples, progress), draft.section.per_channel)
    return draft.observed(graph, draft.section, progress)


def find(graph: Graph) -> list[Pair]:
    """All pairs of layers between which channels can be scaled."""
    readers, pairs = graph.consumers(), []
    for node in graph.nodes:
        first = layer_of(graph, node)
        if first is None or getattr(node.op, "activation", "none") == "relu_n1_to_1":
            continue
        second = _next(graph, node, readers)
        if second is not None:
            pairs.append(Pair(node.name, second.name))
    return pairs


def _next(graph: Graph, node: Node, readers: dict[str, list[Node]]) -> Node | None:
    """The weighted layer that alone reads what `node` writes, through operators that scaling passes."""
    channels = graph.tensors[node.outputs[0]].shape[-1]
    while True:
        name = node.outputs[0]
        if name in graph.outputs or len(readers.get(name, [])) != 1:
            return None
        node = readers[name][0]
        if node.inputs[0] != name or name in node.inputs[1:]:
            return None
        if layer_of(graph, node) is not None:
            return node if graph.tensors[name].shape[-1] % channels == 0 else None
        op: Any = node.op
        if op.name not in TRANSPARENT or getattr(op, "activation", "none") not in ("none", "relu"):
            return None
        before, after = graph.tensors[name].shape, graph.tensors[node.outputs[0]].shape
        if op.name == "reshape" and after[-1] % before[-1]:
            return None
        if op.name == "mean" and len(before) - 1 in op.axes:
            return None
        if op.name == "pad" and op.paddings[-1] != (0, 0):
            return None


def equalized(graph: Graph, pairs: list[Pair], seen: dict[str, Statistics], per_channel: bool) -> Graph:
    """The graph of the same function with channels of alike ranges."""
    largest = {pair.first: seen[pair.first].largest.copy() for pair in pairs}
    nodes = {node.name: node for node in graph.nodes}
    constants = {}
    for pair in pairs:
        for name in (pair.first, pair.second):
            layer = layer_of(graph, nodes[name])
            assert layer is not None
            constants[name] = layer
    for _ in range(SWEEPS):
        moved = 0.0
        for pair in pairs:
            first, second = constants[pair.first], constants[pair.second]
            scale = _scale(first, second, largest[pair.first], per_channel)
            constants[pair.first], constants[pair.second] = _divided(first, scale), _multiplied(second, scale)
            largest[pair.first] /= scale
            moved = max(moved, float(np.abs(np.log(scale)).max()))
        if moved < SETTLED:
            break
    for layer in constants.values():
        graph = with_constants(graph, layer.node, layer.weights, layer.bias)
    return graph


def _scale(first: Layer, second: Layer, reach: Array, per_channel: bool) -> Array:
    """(channels,) s: what the first layer's channels are divided by. reach: their largest activations."""
    one = first.largest() if not (per_channel and first.rule.per_channel) else reach
    two = np.ones_like(one)
    if not second.depthwise or not per_channel:
        two = _reads(second, len(one), per_channel and second.rule.per_channel)
    alive = (one > 0) & (two > 0) & (reach > 0)
    ratio = np.sqrt(np.where(alive, one, 1) / np.where(alive, two, 1))
    if second.depthwise and per_channel:
        ratio = np.where(alive, one, 1)
    if not alive.any():
        return np.ones_like(one)
    ratio = np.where(alive, ratio / np.exp(np.log(ratio[alive]).mean()), 1.0)
    ratio = np.clip(ratio, 1 / LIMIT, LIMIT)
    if getattr(first.node.op, "activation", "none") == "relu6":
        top = max(float((reach / ratio).max()), 1e-30)
        ratio = ratio * (top / BELOW)  # the widest channel shall come to lie just below 6
        ratio = np.where(reach >= BELOW, 1.0, np.maximum(ratio, reach / BELOW))
        ratio = np.where(alive, ratio, 1.0)
    return np.asarray(ratio)


def _reads(layer: Layer, channels: int, per_channel: bool) -> Array:
    """(channels,) largest weight by which the layer multiplies each channel; relative to the rest of the same scale."""
    weights = np.abs(layer.weights.astype(np.float64))
    if layer.depthwise:
        return np.asarray(weights.reshape(-1, channels, weights.shape[-1] // channels).max(axis=(0, 2)))
    if per_channel:
        weights = weights / np.maximum(layer.by_channel(layer.largest()), 1e-30)
    return np.asarray(weights.reshape(-1, channels).max(axis=0))


def _divided(layer: Layer, scale: Array) -> Layer:
    weights = layer.weights.astype(np.float64) / layer.by_channel(scale)
    return Layer(layer.node, layer.rule, weights, layer.bias / scale)


def _multiplied(layer: Layer, scale: Array) -> Layer:
    """Depthwise output channel c reads input channel c // multiplier; others have input channels on the last axis."""
    channels = layer.weights.shape[-1]
    factor = np.repeat(scale, channels // len(scale)) if layer.depthwise else np.tile(scale, channels // len(scale))
    return Layer(layer.node, layer.rule, layer.weights.astype(np.float64) * factor, layer.bias)
