"""The layers of the firmware: calls of kernels one by one, and groups of them as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.tiles import Group
from edgekit.graph import Graph, Node


def steps(calls: Sequence[Call | Alias], groups: Sequence[Group]) -> Iterator[tuple[int, Call | Group]]:
    """Layers in order, each under the index of its (first) node."""
    starts = {group.first: group for group in groups}
    inside = {i for group in groups for i in range(group.first, group.last + 1)}
    for i, call in enumerate(calls):
        if i in starts:
            yield i, starts[i]
        elif i not in inside and isinstance(call, Call):
            yield i, call


def called_layers(graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group] = ()) -> list[str]:
    """Name of the first output of every layer, in order: layer i of the firmware."""
    return [s.output if isinstance(s, Group) else graph.nodes[i].name for i, s in steps(calls, groups)]


def constant_bytes(graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group] = ()) -> int:
    """Bytes of weights and tables in flash, known before anything is written; equal ones are stored once."""
    return _bytes(graph, _parts(graph, calls, groups))


def weight_bytes(graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group] = ()) -> int:
    """The part of `constant_bytes` that is weights and their per-channel constants: all constants of layers that read
    constants, so neither the tables of other layers nor the layers' parameters."""
    parts = _parts(graph, calls, groups)
    return _bytes(graph, (p for p in parts if any(t.is_constant for t in graph.node_inputs(p[0]) if t)))


def _parts(graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group]) -> Iterator[tuple[Node, Call]]:
    """Every call with its node; those of a group one by one."""
    for i, step in steps(calls, groups):
        if isinstance(step, Group):
            yield from ((step.nodes[output], call) for (output, _), call in step.calls.items())
        else:
            yield graph.nodes[i], step


def _bytes(graph: Graph, parts: Iterable[tuple[Node, Call]]) -> int:
    found: dict[tuple[str, bytes], int] = {}
    for node, call in parts:
        operands = [t.data for k in call.inputs if (t := graph.node_inputs(node)[k]) is not None]
        for array in (*call.fields.values(), *operands):
            if isinstance(array, np.ndarray):
                found[array.dtype.str, array.tobytes()] = array.nbytes
    return sum(found.values())
