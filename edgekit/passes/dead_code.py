"""Nodes whose results nobody reads go, and tensors that nothing mentions."""

from __future__ import annotations

from dataclasses import replace

from edgekit.graph import Graph
from edgekit.passes._rewrite import prune

ORDER = 90


def run(graph: Graph) -> Graph:
    needed = set(graph.outputs)
    kept = []
    for node in reversed(graph.nodes):
        if needed.intersection(node.outputs):
            kept.append(node)
            needed.update(n for n in node.inputs if n is not None)
    result = prune(replace(graph.copy(), nodes=kept[::-1]))
    same = len(kept) == len(graph.nodes) and len(result.tensors) == len(graph.tensors)
    return graph if same else result
