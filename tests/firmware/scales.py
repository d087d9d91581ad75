"""Layers with other multipliers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.graph import Graph


def scaled(graph: Graph, factor: float) -> Graph:
    """With every scale of the constants, and so every multiplier, that much larger."""
    graph = graph.copy()
    for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
        q = t.quantization
        assert q is not None
        scale = np.asarray(q.scale * np.float32(factor), np.float32)
        graph.tensors[t.name] = replace(t, quantization=replace(q, scale=scale))
    return graph
