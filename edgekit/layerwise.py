"""Each layer by itself on the simulator's own integers: what is left of a difference is the layer's own rounding.

For vehicles whose arithmetic is their own. Differences of a whole network add up along its depth and say nothing about
a layer; these do, and a bound can be stated for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node
from edgekit.verification import LayerDifference

Array = NDArray[Any]


def apart(graph: Graph) -> tuple[Graph, dict[str, str]]:
    """A graph of the same layers in which each reads inputs instead of what other layers wrote; all are outputs.

    Returns the graph, and for each of its inputs the tensor of `graph` whose value it takes.
    """
    cut = Graph(graph.name, dict(graph.tensors), [], [], [], graph.arithmetic)
    given: dict[str, str] = {}
    for name in graph.consumers():
        tensor = graph.tensors[name]
        if not tensor.is_constant:
            own = name if name in graph.inputs else cut.add(tensor.with_(name=cut.unique(f"{name}_given")))
            given[own] = name
    there = {name: own for own, name in given.items()}
    cut.inputs = list(given)
    for node in graph.nodes:
        cut.nodes.append(replace(node, inputs=tuple(n if n is None else there.get(n, n) for n in node.inputs)))
    cut.outputs = [name for node in graph.nodes for name in node.outputs]
    return cut, given


def samples(graph: Graph, arrays: Mapping[str, Array], count: int) -> list[dict[str, Array]]:
    """Arrays of `count` samples by tensor name as one dictionary per sample."""
    if count == 1:
        return [dict(arrays)]
    lengths = {name: (*graph.tensors[name].shape, 1)[0] for name in arrays}
    return [{n: a[i * lengths[n] : (i + 1) * lengths[n]] for n, a in arrays.items()} for i in range(count)]


def difference(
    graph: Graph, node: Node, name: str, found: Sequence[Array], wanted: Sequence[Array], bound: float
) -> LayerDifference:
    """Output `name` of `node` compared over samples; `bound` in steps of its integers, or in real units of a float."""
    same = [a.reshape(w.shape) for a, w in zip(found, wanted, strict=True)]  # a scalar of a runtime has no axis
    gap = np.abs(np.stack(same).astype(np.float64) - np.stack(wanted).astype(np.float64))
    return LayerDifference(name, node.op.name, gap.size, int((gap != 0).sum()), float(gap.max(initial=0)), bound)
