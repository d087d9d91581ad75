"""From emitted calls to buffers of the arena: lifetimes, aliases, in-place outputs, scratch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgekit.backends.c.call import Alias, Call
from edgekit.graph import Graph
from edgekit.planner import ALIGNMENT, Buffer, Plan, plan, spread


@dataclass(frozen=True)
class MemoryMap:
    """Offsets in the arena: of every activation, and of the scratch of every call that has some (by node index)."""

    tensors: Mapping[str, int]
    scratch: Mapping[int, int]
    plan: Plan

    @property
    def arena(self) -> int:
        return self.plan.arena


def memory_map(graph: Graph, calls: Sequence[Call | Alias], guard: int = 0) -> MemoryMap:
    """Place everything. Graph inputs live from the start to their last reader, graph outputs to the end.

    With `guard`, every buffer has its own place and so many bytes around it.
    """
    owner = _share(graph, calls)
    lives = _lives(graph)
    merged: dict[str, list[int]] = {}
    for tensor in graph.activations():
        if tensor.name in lives:
            first, last = lives[tensor.name]
            known = merged.setdefault(owner[tensor.name], [0, first, last])
            known[:] = [max(known[0], tensor.bytes), min(known[1], first), max(known[2], last)]
    buffers = [Buffer(name, size, first, last) for name, (size, first, last) in merged.items()]
    scratch = {i: f"scratch {i}" for i, call in enumerate(calls) if isinstance(call, Call) and call.scratch}
    for i, name in scratch.items():
        call = calls[i]
        assert isinstance(call, Call)
        buffers.append(Buffer(name, call.scratch, i, i))
    found = spread(buffers, guard) if guard else plan(buffers)
    for name, offset in found.offsets.items():  # kernels of some cores load words of int8 tensors
        assert offset % ALIGNMENT == 0, f"{name} lies at {offset}, not at a multiple of {ALIGNMENT}"
    tensors = {name: found.offsets[owner[name]] for name in lives}
    return MemoryMap(tensors, {i: found.offsets[name] for i, name in scratch.items()}, found)


def _lives(graph: Graph) -> dict[str, tuple[int, int]]:
    """First and last step of every activation that is used; a graph input is there before step 0."""
    first = dict.fromkeys(graph.inputs, -1)
    last: dict[str, int] = {}
    for i, node in enumerate(graph.nodes):
        first.update(dict.fromkeys(node.outputs, i))
        last.update({n: i for n in (*node.inputs, *node.outputs) if n is not None})
    last.update(dict.fromkeys(graph.outputs, len(graph.nodes)))
    return {name: (start, last.get(name, start)) for name, start in first.items()}


def _share(graph: Graph, calls: Sequence[Call | Alias]) -> dict[str, str]:
    """Activation -> the activation whose memory it uses: itself, its alias's source, or an input it may overwrite."""
    lives = _lives(graph)
    owner = {name: name for name in lives}
    ends = {name: last for name, (_, last) in lives.items()}  # of the whole group, under its owner's name
    for i, (node, call) in enumerate(zip(graph.nodes, calls, strict=True)):
        source = _source(graph, node.inputs, node.outputs[0], call, i, owner, ends)
        if source is not None:
            owner[node.outputs[0]] = source
            ends[source] = max(ends[source], ends[node.outputs[0]])
    return owner


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
