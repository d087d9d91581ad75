"""Counts calls of many graphs in one program on an emulated core."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edgekit.backends.c import toolchain
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.cycle_estimate import trace
from edgekit.backends.c.cycles import Costs
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.generate import generate
from edgekit.backends.c.options import Options
from edgekit.backends.c.project import copy_harness, firmware_folder
from edgekit.device.emulator import emulator, instructions
from edgekit.device.link import SerialLink
from edgekit.device.session import Session
from edgekit.errors import ToolError, UnsupportedError
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.reshape import Reshape

IMAGE = "counts.elf"
SOURCE = "source"  # the one input, where all layers read; what is beyond its bytes is zeros
SOURCE_BYTES = 4096
MOST_CALLS = 750  # of one program: memory is planned in quadratic time
SECONDS = 1800.0


@dataclass(frozen=True)
class Counted:
    """A call and the instructions of one execution; its estimated cycles where they were asked for."""

    call: Call
    instructions: int
    cycles: int | None = None


@dataclass(frozen=True)
class Picked:
    """Some of the calls that compute a node."""

    graph: Graph
    node: Node
    calls: Sequence[Call]


def picked(graphs: Iterable[Graph], core: str, pick: Callable[[list[Call]], Sequence[Call]]) -> list[Picked]:
    """What `pick` takes of every node's candidates; nodes without a kernel are left out."""
    found = list[Picked]()
    for graph, node in ((g, node) for g in graphs for node in g.nodes):
        try:
            candidates = candidates_of(graph, node, core)
        except UnsupportedError:
            continue
        if calls := pick([c for c in candidates if isinstance(c, Call)]):
            found.append(Picked(graph, node, calls))
    return found


def count(some: Sequence[Picked], options: Options, costs: Costs | None = None) -> list[Counted]:
    """Instructions of calls, in as few programs as is quick.

    Args:
        costs: of the core; then every call's cycles are estimated too.

    Raises:
        ToolError: compiler or emulator are missing or fail.
    """
    found, start, held = list[Counted](), 0, 0
    for end in range(len(some)):
        held += len(some[end].calls)
        if held >= MOST_CALLS or end + 1 == len(some):
            found += _count(*_joined(some[start : end + 1]), options, costs)
            start, held = end + 1, 0
    return found


def _count(program: Graph, calls: Sequence[Call | Alias], options: Options, costs: Costs | None) -> list[Counted]:
    called = [call for call in calls if isinstance(call, Call)]
    assert options.emulator is not None
    e, data = options.emulator, np.random.default_rng(0).integers(-128, 128, SOURCE_BYTES, np.int8).tobytes()

    def measure(link: SerialLink) -> list[int]:
        _, ticks = Session(link).times(data, SECONDS, warmup=0)
        return [instructions(each, e.hz, e.icount_shift) for each in ticks]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(program, folder, firmware_folder(), options.core, calls=calls, groups=())
        copy_harness(folder, firmware_folder(), options)
        toolchain.build(folder, options, IMAGE)
        if costs is None:
            with emulator(folder / IMAGE, e.machine, e.icount_shift) as link:
                return [Counted(call, n) for call, n in zip(called, measure(link), strict=True)]
        timer, logged = trace(folder / IMAGE, options, costs, range(1, 1 + len(called)), measure)
    if timer != [each.instructions for each in logged]:
        raise ToolError("QEMU's log", "has other instructions than the timer counts", "report it")
    return [Counted(call, each.instructions, each.cycles) for call, each in zip(called, logged, strict=True)]


def _joined(some: Sequence[Picked]) -> tuple[Graph, list[Call | Alias]]:
    """All calls in one graph; every activation they read is a view of the one input."""
    program, calls = Graph("counts", inputs=[SOURCE]), list[Call | Alias]()
    for i, one in enumerate(some):
        graph, node = one.graph, one.node
        for j, call in enumerate(one.calls):
            names = {t.name: f"{i}.{j}.{t.name}" for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t}
            for old, new in names.items():
                tensor = replace(graph.tensors[old], name=new)
                program.add(tensor)
                if old in node.inputs and not tensor.is_constant:
                    program.nodes.append(Node(Reshape(tensor.shape), (SOURCE,), (new,)))
                    calls.append(Alias())
            inputs = tuple(None if n is None else names[n] for n in node.inputs)
            program.nodes.append(Node(node.op, inputs, tuple(names[n] for n in node.outputs)))
            calls.append(replace(call, in_place=()))
    program.add(Tensor(SOURCE, (1, SOURCE_BYTES), "int8", Quantization.per_tensor(1.0, 0)))
    program.outputs = [node.outputs[0] for node in program.nodes[-1:]]
    return program, calls
