"""Bias absorption: what a channel always exceeds is moved into the next layer's bias, and its range gets smaller.

A channel that is c or more on every input carries c without information, and costs range: ReLU(x) = ReLU(x - c) + c
for x >= c, so c leaves the first layer's bias and W c enters the second's. M. Nagel et al., "Data-Free Quantization
Through Weight Equalization and Bias Correction", ICCV 2019, section 4.1.3, where c is the batch norm's mean less three
deviations; here c is the least value over the calibration data. Without an activation between the layers, c is the
middle of the channel's range. Only where no padding mixes zeros in, which would not carry c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit.graph import Graph
from edgekit.quantization.draft import Draft
from edgekit.quantization.fixes.equalization import find
from edgekit.quantization.layers import Layer, layer_of, with_constants
from edgekit.quantization.observe import Progress
from edgekit.quantization.statistics import Statistics, statistics

COST = 20
ABOUT = "constant parts of channels moved into the next layer's bias"
WORTH = 0.01  # of the largest magnitude in the activation: what is less makes no range smaller


def apply(draft: Draft, progress: Progress | None) -> Draft:
    pairs = [pair for pair in find(draft.graph) if _suits(draft.graph, pair.first, pair.second)]
    if not pairs:
        return draft
    seen, graph, moved = statistics(draft.graph, draft.samples, progress), draft.graph, False
    for pair in pairs:
        first, second = _layer(graph, pair.first), _layer(graph, pair.second)
        constant = _constant(first, seen[pair.first])
        if np.abs(constant).max() < WORTH * seen[pair.first].largest.max():
            continue
        moved = True
        if second.depthwise:
            sums = second.weights.astype(np.float64).sum(axis=(0, 1, 2))
            shift = sums * np.repeat(constant, len(sums) // len(constant))
        else:
            shift = second.weights.astype(np.float64).reshape(len(second.bias), -1, len(constant)).sum(1) @ constant
        graph = with_constants(graph, first.node, first.weights, first.bias - constant)
        graph = with_constants(graph, second.node, second.weights, second.bias + shift)
    return draft.observed(graph, draft.section, progress) if moved else draft


def _constant(first: Layer, seen: Statistics) -> Any:
    """(channels,) c."""
    if getattr(first.node.op, "activation", "none") == "none":
        return (seen.low + seen.high) / 2
    return np.maximum(seen.low, 0)


def _suits(graph: Graph, first: str, second: str) -> bool:
    one, two = _layer(graph, first), _layer(graph, second)
    op: Any = two.node.op
    unpadded = op.name == "fully_connected" or getattr(op, "padding", "") == "valid" or two.weights.shape[1:3] == (1, 1)
    return (
        two.source == first
        and unpadded
        and op.name != "transpose_conv"
        and getattr(one.node.op, "activation", "none") in ("none", "relu")
    )


def _layer(graph: Graph, name: str) -> Layer:
    layer = layer_of(graph, next(node for node in graph.nodes if node.name == name))
    assert layer is not None  # `find` gives layers only
    return layer
