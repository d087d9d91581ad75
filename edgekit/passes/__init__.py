"""Graph rewrites: one pass a file, each a match and a rewrite.

A pass offers `ORDER` (an integer; lower runs first) and `run(graph) -> Graph`, which returns a new graph, or
the very one it got when there was nothing to do.
"""

from __future__ import annotations

from edgekit import plugins
from edgekit.graph import Graph


def optimize(graph: Graph) -> Graph:
    """All passes in order, again and again until none changes the graph; validated at the end."""
    passes = sorted(plugins.modules(__name__).values(), key=lambda m: (m.ORDER, m.__name__))
    for _ in range(100):
        before = graph
        for one in passes:
            graph = one.run(graph)
        if graph is before:
            break
    else:
        raise RuntimeError("the passes do not settle")
    graph.validate()
    return graph
