"""The build folder of a GPU: sources, CMake project, golden vectors, programs for the device, what was compiled."""

from __future__ import annotations

import binascii
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import layerwise
from edgekit.arrays import load_arrays
from edgekit.backends._contract import Artifact
from edgekit.backends.c.project import firmware_folder
from edgekit.backends.cuda import check_on_gpu, toolchain
from edgekit.backends.cuda.generate import Generated, generate
from edgekit.backends.cuda.options import Options
from edgekit.backends.cuda.vehicle import FACTS, IMAGE, MODEL, TWIN, ask, why_not
from edgekit.doctor.tools.nvcc import TOOL
from edgekit.frontend.tflite import write
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.target import Target
from edgekit.verification import random_inputs

GOLDEN_BIN, GOLDEN_CRCS, NETWORK = "golden_inputs.bin", "golden_layers.json", "network.json"
PROGRAMS = ("check_on_gpu.py", "beside_pytorch.py")
SAMPLES = 4  # of the build's golden inputs, that travel with the program
Array = NDArray[Any]


def write_project(
    graph: Graph, target: Target, options: Options, architectures: tuple[int, ...], folder: Path
) -> Artifact:
    """Write everything; compile what can be compiled here."""
    (folder / MODEL).write_bytes(write(graph))
    made = generate(graph, folder, firmware_folder(), architectures)
    _write_golden(graph, made, folder)
    (folder / NETWORK).write_text(json.dumps(network(graph)) + "\n", "utf-8")
    for program in PROGRAMS:
        (folder / program).write_bytes((Path(__file__).parent / program).read_bytes())
    producers = graph.producers()
    kernels = {n.name: launch.kernel for n, launch in zip(graph.nodes, made.launches, strict=True) if launch}
    facts: dict[str, Any] = {
        "target": target.name, "board": options.board, "architectures": list(architectures),
        "layers": list(made.layers), "kernels": {name: kernels[producers[name].name] for name in made.layers},
        "arena_bytes": made.memory.arena, "arena_bound_bytes": made.memory.plan.bound, "constant_bytes": made.constants,
        "nvcc": toolchain.version(), "host": toolchain.host_version(), "machine": os.uname().machine,
    }  # fmt: skip
    notes: list[str] = []
    compiled = toolchain.nvcc() is not None
    reason = f"nvcc is not on this machine: {TOOL.install}"
    if compiled:
        toolchain.require(architectures)
        facts["ptxas"] = _compile(folder, architectures)
        reason = why_not(ask(folder / IMAGE, "info"), list(architectures))
    else:
        notes.append(f"compiled: no. {reason}")
    if reason and facts["host"] != "not installed":
        toolchain.compile_twin(folder, TWIN)
    if options.board:
        codes = ", ".join(f"sm_{sm}" for sm in architectures)
        done = f"its kernels were compiled here for {codes}" if compiled else "not compiled"
        notes.append(f"{options.board}: {done}, NOT RUN there; on it: {check_on_gpu.COMMANDS}")
    elif reason:
        notes.append(f"on a GPU: NOT RUN ({reason}); where one is: {check_on_gpu.COMMANDS}")
    (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and "golden" not in p.parts)
    return Artifact(tuple(names), MODEL, compiled, facts, tuple(notes))


def _compile(folder: Path, architectures: tuple[int, ...]) -> dict[str, Any]:
    """The program; and in short what ptxas says of its kernels."""
    sources = [str(p.relative_to(folder)) for p in sorted((folder / "src").glob("*.cu"))]
    sources += ["runner/runner.cu", "runner/model_layers.cpp"]
    found = toolchain.compile_gpu(folder, architectures, sources, IMAGE)
    most = {name: max((k.get(name, 0) for k in found), default=0) for name in ("registers", "shared_bytes")}
    return {"kernels": len(found), **most, "spill_bytes": sum(k.get("spill_bytes", 0) for k in found)}


def _write_golden(graph: Graph, made: Generated, folder: Path) -> None:
    """A few samples, and for each the CRC-32 of what every layer makes of it."""
    simulator = Simulator(graph)
    stored = folder / "golden" / "inputs.npz"
    given = load_arrays(stored) if stored.is_file() else random_inputs(graph, SAMPLES)
    inputs, count = simulator.prepare_inputs(given)
    samples = layerwise.samples(graph, inputs, count)[:SAMPLES]
    producers = graph.producers()
    nodes = [producers[name] for name in made.layers]
    layers = [
        {"name": n.name, "op": n.op.name, "bytes": sum(t.bytes for t in graph.node_outputs(n)), "crcs": []}
        for n in nodes
    ]
    for sample in samples:
        values = simulator.run(sample, layers=True)
        for node, row in zip(nodes, layers, strict=True):
            crcs = row["crcs"]
            assert isinstance(crcs, list)
            crcs.append(binascii.crc32(b"".join(_bytes(values[name]) for name in node.outputs)))
    (folder / GOLDEN_BIN).write_bytes(b"".join(_bytes(s[name]) for s in samples for name in graph.inputs))
    (folder / GOLDEN_CRCS).write_text(json.dumps({"samples": len(samples), "layers": layers}, indent=1) + "\n", "utf-8")


def _bytes(array: Array) -> bytes:
    return np.ascontiguousarray(array).tobytes()


def network(graph: Graph) -> dict[str, Any]:
    """The graph without its values, for `beside_pytorch.py`."""
    nodes = [
        {"op": n.op.name, "inputs": list(n.inputs), "outputs": list(n.outputs), "attributes": asdict(n.op)}
        for n in graph.nodes
    ]
    tensors = {t.name: {"shape": list(t.shape), "constant": t.is_constant} for t in graph.tensors.values()}
    return {"inputs": graph.inputs, "outputs": graph.outputs, "nodes": nodes, "tensors": tensors}
