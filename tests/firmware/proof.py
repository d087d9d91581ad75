"""Many models in one program that runs each of them and compares every integer with the simulator's.

The models are generated with a prefix each, as an application with several models would have them; `proof.c` runs them.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgekit.backends.c import toolchain
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.choice import Optimize
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.generate import Generated, generate
from edgekit.backends.c.layers import steps
from edgekit.backends.c.options import Options, options_of
from edgekit.backends.c.project import firmware_folder
from edgekit.backends.c.tiles import Group
from edgekit.device.emulator import QEMU
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.target import load_targets
from edgekit.verification import random_inputs

HERE = Path(__file__).parent
CORES = ("qemu-m3", "qemu-m4", "qemu-m7", "qemu-m33", "qemu-m55")
GUARD = 64
RUN_SECONDS = 300
IMAGE = "proof.elf"


@dataclass(frozen=True)
class Case:
    """A model and how to run it.

    Attributes:
        guard: bytes around each of its buffers, 0 for the plan that users get.
        optimize: the target's option. groups: for the target's core, chosen by the test.
        inputs: `samples` samples; random ones of `seed` without.
        candidate: which of the calls that compute a layer, where there are so many: 0 the first form, not the cheapest.
    """

    name: str
    graph: Graph
    seed: int = 0
    samples: int = 2
    guard: int = 0
    optimize: Optimize = "speed"
    groups: tuple[Group, ...] | None = None
    inputs: dict[str, NDArray[Any]] | None = None
    candidate: int = 0


def first_forms(graph: Graph, core: str, candidate: int = 0) -> list[Call | Alias]:
    """What is proven: forms of every layer whether or not the generator would choose them for it."""
    found = [candidates_of(graph, node, core) for node in graph.nodes]
    return [some[min(candidate, len(some) - 1)] for some in found]


def options_for(target: str) -> Options:
    """The target's options; skips where its compiler or emulator is missing."""
    options = options_of(load_targets()[target])
    if toolchain.find(options) is None:
        pytest.skip(f"{options.compiler} is not installed")
    if options.emulator is not None and shutil.which(QEMU) is None:
        pytest.skip(f"{QEMU} is not installed")
    return options


def prove(cases: Sequence[Case], target: str, folder: Path, sanitize: bool = False) -> None:
    """Build and run all cases; fails with the names of those that differ or write outside their buffers."""
    options = options_for(target)
    write_program(cases, options, folder)
    toolchain.build(folder, options, IMAGE, sanitize)
    lines = _run(folder / IMAGE, options)
    assert lines[-1:] == [f"done {len(cases)}"], f"ended early after {lines[-3:]}"
    bad = [line for line in lines[:-1] if not line.endswith(" 0 0")]
    assert not bad, f"(case, differing bytes, bytes written outside): {bad}"
    assert [line.split()[0] for line in lines[:-1]] == [case.name for case in cases]


def write_program(cases: Sequence[Case], options: Options, folder: Path) -> None:
    """A folder as `toolchain.build` takes it: kernels in src/, the proof and the board in harness/."""
    firmware = firmware_folder()
    (folder / "cases").mkdir(parents=True)
    texts, rows, largest = [], [], 1
    for case in cases:
        calls = first_forms(case.graph, options.core, case.candidate)
        made = generate(case.graph, folder, firmware, options.core, prefix=case.name, guard=case.guard,
                        optimize=case.optimize, calls=calls, groups=case.groups)  # fmt: skip
        (folder / "src" / f"{case.name}.c").rename(folder / "cases" / f"{case.name}.c")
        (folder / "harness" / f"{case.name}_layers.c").unlink()
        text, row = describe(case, made)
        texts.append(text)
        rows.append(row)
        largest = max(largest, made.memory.arena)
    table = (
        f"const proof_case_t proof_cases[] = {{\n{''.join(rows)}}};\nconst uint32_t proof_case_count = {len(cases)}U;\n"
    )
    (folder / "harness" / "cases.c").write_text('#include "proof.h"\n\n' + "\n".join(texts) + table)
    (folder / "harness" / "proof.c").write_text(
        f"#define PROOF_LARGEST_ARENA {largest}U\n" + (HERE / "proof.c").read_text()
    )
    shutil.copyfile(HERE / "proof.h", folder / "harness" / "proof.h")
    for file in (firmware / "harness").iterdir():
        if file.suffix in (".h", ".ld") or file.name in ("startup.c", f"board_{options.harness}.c"):
            shutil.copyfile(file, folder / "harness" / file.name)


def describe(case: Case, made: Generated) -> tuple[str, str]:
    """C text of one case: its model, its data, what its layers touch; and its row of the table."""
    graph, memory, name = case.graph, made.memory, case.name
    inputs = random_inputs(graph, case.samples, case.seed) if case.inputs is None else case.inputs
    expected = Simulator(graph).run(inputs)
    texts = [f'#include "../cases/{name}.c"']
    texts.append(_bytes(f"{name}_data", _samples(inputs, graph.inputs, case.samples)))
    texts.append(_bytes(f"{name}_expected", _samples(expected, graph.outputs, case.samples)))

    def regions(names: Iterable[str | None]) -> list[tuple[int, int]]:
        tensors = [graph.tensors[n] for n in names if n is not None]
        return [(memory.tensors[t.name], t.bytes) for t in tensors if not t.is_constant]

    texts.append(_regions(f"{name}_inputs", regions(graph.inputs)))
    texts.append(_regions(f"{name}_outputs", regions(graph.outputs)))
    layers = []
    for i, step in steps(made.calls, made.groups):
        node = graph.nodes[i]
        if isinstance(step, Group):
            reads, writes = regions(step.schedule.lead), regions([step.output])
            writes += [(memory.tensors[n], size) for n, size in step.buffers.items()]
        else:
            reads, writes = regions(node.inputs[k] for k in step.inputs), regions(node.outputs)
        writes += [(memory.scratch[i], step.scratch)] if step.scratch else []
        texts.append(_regions(f"{name}_regions{i}", reads + writes))
        layers.append(f"{{{len(reads)}U, {len(writes)}U, {name}_regions{i}}}")
    texts.append(f"static const proof_layer_t {name}_layers[] = {{{', '.join(layers) or '{0U, 0U, 0}'}}};")
    texts.append(f"static void {name}_all(void *arena) {{ {name}_invoke(({name}_arena_t *)arena); }}")
    texts.append(f"static void {name}_one(void *arena, int32_t i) {{ {name}_layer(({name}_arena_t *)arena, i); }}\n")
    sizes = [sum(graph.tensors[n].bytes for n in names) for names in (graph.inputs, graph.outputs)]
    row = (
        f'  {{"{name}", {name}_all, {name}_one, {memory.arena}U, {len(layers)}, {name}_layers, {len(graph.inputs)}U, '
        f"{len(graph.outputs)}U, {name}_inputs, {name}_outputs, {case.samples}U, {sizes[0]}U, {sizes[1]}U, "
        f"{name}_data, {name}_expected}},\n"
    )
    return "\n".join(texts), row


def _samples(arrays: Mapping[str, NDArray[Any]], names: Sequence[str], count: int) -> bytes:
    """All tensors of the first sample, then of the next."""
    parts = {n: np.split(np.ascontiguousarray(arrays[n]), count) for n in names}
    return b"".join(parts[n][i].tobytes() for i in range(count) for n in names)


def _bytes(name: str, data: bytes) -> str:
    return f"static const uint8_t {name}[] = {{{','.join(map(str, data))}}};"


def _regions(name: str, regions: Sequence[tuple[int, int]]) -> str:
    rows = ", ".join(f"{{{offset}U, {size}U}}" for offset, size in regions) or "{0U, 0U}"
    return f"static const ek_region_t {name}[] = {{{rows}}};"


def _run(image: Path, options: Options) -> list[str]:
    command = [str(image)]
    if options.emulator is not None:
        command = [QEMU, "-M", options.emulator.machine, "-display", "none", "-monitor", "none", "-serial", "stdio"]
        command += ["-kernel", str(image)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None and child.stderr is not None
    alarm = threading.Timer(RUN_SECONDS, child.kill)
    alarm.start()
    try:
        lines: list[str] = []
        for line in child.stdout:
            lines.append(line.decode(errors="replace").strip())
            if lines[-1].startswith("done "):
                break
        if options.emulator is None:  # the process ends by itself, and its sanitizers have the last word
            assert child.wait() == 0, child.stderr.read().decode(errors="replace")[-3000:]
        return lines
    finally:
        alarm.cancel()
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.wait()
        child.stdout.close()
        child.stderr.close()
