"""From emitted calls to buffers of the arena: lifetimes, aliases, in-place outputs, groups of layers, scratch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.tiles import Group
from edgekit.graph import Graph
from edgekit.planner import ALIGNMENT, Buffer, Plan, plan, spread


@dataclass(frozen=True)
class MemoryMap:
    """Offsets in the arena: of every activation, and of the scratch of every call that has some (by node index).

    Activations inside a group have the place of their buffer of rows, and its scratch is under its first node.
    """

    tensors: Mapping[str, int]
    scratch: Mapping[int, int]
    plan: Plan

    @property
    def arena(self) -> int:
        return self.plan.arena


def memory_map(graph: Graph, calls: Sequence[Call | Alias], guard: int = 0, groups: Sequence[Group] = ()) -> MemoryMap:
    """Place everything. Graph inputs live from the start to their last reader, graph outputs to the end.

    With `guard`, every buffer has its own place and so many bytes around it.
    """
    lives = lifetimes(graph, groups)
    owner, ends = _share(graph, calls, groups, lives)
    rows = {name: size for group in groups for name, size in group.buffers.items()}
    merged: dict[str, list[int]] = {}
    for name, (first, last) in lives.items():
        known = merged.setdefault(owner[name], [0, first, last])
        size = rows.get(name, graph.tensors[name].bytes)
        known[:] = [max(known[0], size), min(known[1], first), max(known[2], last)]
    buffers = [Buffer(name, size, first, last) for name, (size, first, last) in merged.items()]
    needs = {i: call.scratch for i, call in _alone(calls, groups) if isinstance(call, Call)}
    needs |= {group.first: group.scratch for group in groups}
    scratch = {i: f"scratch {i}" for i, size in needs.items() if size}
    buffers += [Buffer(name, needs[i], i, i) for i, name in scratch.items()]
    overlaps = [
        group.overlap(graph, owner[group.reused])
        for group in groups
        if group.reused and ends[owner[group.reused]] == group.first
    ]
    found = spread(buffers, guard) if guard else plan(buffers, overlaps)
    for name, offset in found.offsets.items():  # kernels of some cores load words of int8 tensors
        assert offset % ALIGNMENT == 0, f"{name} lies at {offset}, not at a multiple of {ALIGNMENT}"
    tensors = {name: found.offsets[owner[name]] for name in lives}
    return MemoryMap(tensors, {i: found.offsets[name] for i, name in scratch.items()}, found)


def lifetimes(graph: Graph, groups: Sequence[Group] = ()) -> dict[str, tuple[int, int]]:
    """First and last step of every activation that is used; a graph input is there before step 0.

    A step is a node, under its index; a group is one step, under its first node's.
    """
    step = {i: group.first for group in groups for i in range(group.first, group.last + 1)}
    hidden = {name for group in groups for name in group.hidden}
    first = dict.fromkeys(graph.inputs, -1)
    last: dict[str, int] = {}
    for i, node in enumerate(graph.nodes):
        if hidden & set(node.outputs):  # a pad that is not called; its input is read by the next node of the group
            last.update({n: step[i] for n in node.inputs if n is not None})
            continue
        first.update(dict.fromkeys(node.outputs, step.get(i, i)))
        last.update({n: step.get(i, i) for n in (*node.inputs, *node.outputs) if n is not None})
    last.update(dict.fromkeys(graph.outputs, len(graph.nodes)))
    return {name: (start, last.get(name, start)) for name, start in first.items()}


def _alone(calls: Sequence[Call | Alias], groups: Sequence[Group]) -> list[tuple[int, Call | Alias]]:
    """Calls by node index that are in no group."""
    inside = {i for group in groups for i in range(group.first, group.last + 1)}
    return [(i, call) for i, call in enumerate(calls) if i not in inside]


def _share(
    graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group], lives: Mapping[str, tuple[int, int]]
) -> tuple[dict[str, str], dict[str, int]]:
    """Activation -> the activation whose memory it uses: itself, its alias's source, or an input it may overwrite.

    Also the last step of each owner's memory.
    """
    owner = {name: name for name in lives}
    ends = {name: last for name, (_, last) in lives.items()}  # of the whole group, under its owner's name
    for i, call in _alone(calls, groups):
        node = graph.nodes[i]
        source = _source(graph, node.inputs, node.outputs[0], call, i, owner, ends)
        if source is not None:
            owner[node.outputs[0]] = source
            ends[source] = max(ends[source], ends[node.outputs[0]])
    return owner, ends


def _source(
    graph: Graph, inputs: Sequence[str | None], output: str, call: Call | Alias, step: int,
    owner: Mapping[str, str], ends: Mapping[str, int],
) -> str | None:  # fmt: skip
    indices = [call.input] if isinstance(call, Alias) else call.in_place
    for index in indices:
        name = inputs[index]
        if name is None or name not in owner:  # a constant
            continue
        source = owner[name]
        fits = graph.tensors[source].bytes >= graph.tensors[output].bytes
        if isinstance(call, Alias) or (ends[source] == step and fits):
            return source
    return None
