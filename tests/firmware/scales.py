"""Layers with other multipliers, zero points and weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.graph import Graph, Quantization


def scaled(graph: Graph, factor: float) -> Graph:
    """With every scale of the constants, and so every multiplier, that much larger."""
    graph = graph.copy()
    for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
        q = t.quantization
        assert q is not None
        scale = np.asarray(q.scale * np.float32(factor), np.float32)
        graph.tensors[t.name] = replace(t, quantization=replace(q, scale=scale))
    return graph


def with_zero_point(graph: Graph, zero: int) -> Graph:
    """With another zero point of the output: behind an activation the clamp is no longer saturation."""
    graph = graph.copy()
    y = graph.tensors[graph.outputs[0]]
    graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), zero))
    return graph


def with_weight(graph: Graph, place: tuple[int, ...], value: int) -> Graph:
    """With one other weight."""
    graph = graph.copy()
    weights = graph.tensors["weights"]
    assert weights.data is not None
    data = weights.data.copy()
    data[place] = value
    graph.tensors["weights"] = replace(weights, data=data)
    return graph
