"""Counts calls of many graphs in one program on an emulated core."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edgekit.backends.c import toolchain
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.generate import generate
from edgekit.backends.c.options import Options
from edgekit.backends.c.project import copy_harness, firmware_folder
from edgekit.device.emulator import emulator, instructions
from edgekit.device.session import Session
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.reshape import Reshape

IMAGE = "counts.elf"
SOURCE = "source"  # the one input, where all layers read; what is beyond its bytes is zeros
SOURCE_BYTES = 4096


@dataclass(frozen=True)
class Counted:
    """A call and the instructions of one execution."""

    call: Call
    instructions: int


def count(graphs: Iterable[Graph], options: Options, pick: Callable[[list[Call]], Sequence[Call]]) -> list[Counted]:
    """Instructions of the calls that `pick` takes of every node's candidates.

    Raises:
        ToolError: compiler or emulator are missing or fail.
    """
    assert options.emulator is not None
    program, calls = _joined(graphs, options.core, pick)
    if not calls:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(program, folder, firmware_folder(), options.core, calls=calls)
        copy_harness(folder, firmware_folder(), options)
        toolchain.build(folder, options, IMAGE)
        data = np.random.default_rng(0).integers(-128, 128, program.tensors[SOURCE].bytes, np.int8).tobytes()
        e = options.emulator
        with emulator(folder / IMAGE, e.machine, e.icount_shift) as link:
            _, found = Session(link).times(data)
    called = [call for call in calls if isinstance(call, Call)]
    return [Counted(c, instructions(ticks, e.hz, e.icount_shift)) for c, ticks in zip(called, found, strict=True)]


def _joined(
    graphs: Iterable[Graph], core: str, pick: Callable[[list[Call]], Sequence[Call]]
) -> tuple[Graph, list[Call | Alias]]:
    """The picked calls of all graphs' nodes in one graph; every activation they read is a view of the one input."""
    program, calls = Graph("counts", inputs=[SOURCE]), list[Call | Alias]()
    for i, graph in enumerate(graphs):
        for node in graph.nodes:
            try:
                found = candidates_of(graph, node, core)
            except UnsupportedError:
                continue
            for j, call in enumerate(pick([c for c in found if isinstance(c, Call)])):
                names = {
                    t.name: f"{i}.{j}.{t.name}" for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t
                }
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
