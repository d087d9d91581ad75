"""NVIDIA GPUs without TensorRT: generated CUDA C++, one launch per layer in one graph, bit-exact with the simulator."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import __version__, files, layerwise
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Estimate,
    Rejection,
    Run,
    constraint,
    per_sample_of,
    rejections,
    without_port,
)
from edgekit.backends._rules import no_int16, require_accepted, require_int8
from edgekit.backends.c import emission
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.project import firmware_folder
from edgekit.backends.cuda import toolchain, vehicle
from edgekit.backends.cuda.launch import CORE, constant_bytes, launch_of, launches_of
from edgekit.backends.cuda.options import TENSOR, UNKNOWN, Options, options_of
from edgekit.doctor.tools.nvcc import TOOL
from edgekit.errors import InputError, ToolError, UnsupportedError
from edgekit.graph import Graph, Node
from edgekit.target import Target
from edgekit.verification import LayerDifference, Verification

__all__ = [
    "CONSTRAINTS",
    "TIMED",
    "TWIN",
    "Options",
    "bench",
    "check",
    "compile",
    "described",
    "estimate",
    "require",
    "run",
    "supports",
    "verify",
    "versions",
]

TIMED = TWIN = True
LARGEST = 2**31 - 1


def supports(operator: str) -> bool:
    return emission.supports(operator)


@constraint(fix="Replace the operator, or add an emitter to edgekit/backends/c/emit and a kernel to firmware/cuda/src.")
def supported(graph: Graph, node: Node, options: Options) -> str | None:
    """There must be a CUDA kernel for the operator."""
    return None if supports(node.op.name) else node.op.name


@constraint(fix="Quantize the model to int8; see the parameters of the layer.", quantized=True)
def launched(graph: Graph, node: Node, options: Options) -> str | None:
    """The kernel must take the layer's types and parameters."""
    try:
        call = emission.call_of(graph, node, CORE) if supports(node.op.name) else Alias()
        if isinstance(call, Call) and no_int16.find(graph, node, options) is None:
            launch_of(node, call, tensor_cores=False)
    except UnsupportedError as error:
        return error.what
    return None


@constraint(fix="Split the batch.")
def indexed(graph: Graph, node: Node, options: Options) -> str | None:
    """A tensor must have fewer than 2^31 bytes: the kernels index with 32 bits."""
    tensors = [t for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t is not None]
    return next((f"{t.bytes:,} bytes in {t.name}" for t in tensors if t.bytes > LARGEST), None)


CONSTRAINTS = (supported, launched, no_int16, indexed)


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Layers without a kernel. Raises InputError for unknown options and for GPUs without dp4a."""
    return rejections(graph, CONSTRAINTS, options_of(target))


def require(target: Target) -> None:
    """Without nvcc the sources are written and the host twin proves them, so nothing is. Raises ToolError for an nvcc
    that is too old or does not compile for the GPU.
    """
    toolchain.require(architectures_of(options_of(target)))


def architectures_of(options: Options) -> tuple[int, ...]:
    """What to compile for."""
    if options.architectures:
        return options.architectures
    here = toolchain.card()
    return UNKNOWN if here is None else options_of_card(here)


def options_of_card(capability: int) -> tuple[int, ...]:
    """Raises InputError for a card without dp4a."""
    try:
        return Options(architectures=(capability,)).architectures
    except ValueError as error:
        what = f"has compute capability {capability / 10:.1f}, without dp4a"
        raise InputError("the card here", what, "name other `architectures`, to build for another card") from error


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write the project into `folder`; compile it where nvcc is, and its host twin where the host's compiler is.

    Raises:
        InputError: unknown options. UnsupportedError: no kernel, or not int8. ToolError: a compiler fails.
        MachineError: the folder cannot be written.
    """
    from edgekit.backends.cuda.project import write_project

    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target, emission.ARITHMETIC)
    require_accepted(graph, target, check(graph, target))
    with files.disk_errors(folder):
        return write_project(graph, target, chosen, architectures_of(chosen), folder)


def estimate(graph: Graph, target: Target) -> Estimate:
    """Memory, exactly; a GPU's time is not predicted. Raises as `compile`."""
    options = options_of(target)
    calls, launches = launches_of(graph, min(architectures_of(options)) >= TENSOR)
    kernels = {node.name: launch.kernel for node, launch in zip(graph.nodes, launches, strict=True) if launch}
    note = "time on a GPU is not predicted: `edgekit bench` of a build measures it where one is"
    constants = constant_bytes(graph, launches)
    return Estimate("us", dict.fromkeys(kernels), None, kernels, memory_map(graph, calls).arena, constants, (note,))


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the program on the GPU, or, where none is, its host twin, which is not the target.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. ToolError: nothing compiled, or the program fails.
        UsageError: a port is given.
    """
    without_port(port, "a CUDA build")
    found = vehicle.start(folder)
    outputs = per_sample_of(found.graph, inputs, found.outputs)
    other = Options(board=found.facts["board"]).here()
    note = f"on the {found.facts['board']}: NOT RUN, {other}" if other and found.gpu else found.note
    return Run(outputs, found.name, found.gpu and not other, note)


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """Every value of every layer on the GPU, or in the host twin, against the simulator. Raises as `run`."""
    from edgekit.reference import Simulator

    without_port(port, "a CUDA build")
    found = vehicle.start(folder)
    graph = found.graph
    simulator = Simulator(graph)
    arrays, count = simulator.prepare_inputs(inputs)
    expected = simulator.run(arrays, layers=True)
    parts = found.layers(layerwise.samples(graph, arrays, count))
    producers = graph.producers()
    layers = []
    for name in [n for layer in found.facts["layers"] for n in producers[layer].outputs]:
        made = np.concatenate([part[name].reshape(-1) for part in parts]).astype(np.float64)
        gap = np.abs(made - expected[name].reshape(-1).astype(np.float64))
        row = gap.size, int((gap != 0).sum()), float(gap.max(initial=0))
        layers.append(LayerDifference(name, producers[name].op.name, *row))
    version = f"{found.name}; {found.note}" if found.note else found.name
    return Verification(found.facts["target"], version, graph.arithmetic, count, tuple(layers))


def bench(folder: Path, port: str | None = None) -> dict[str, Any]:
    """Times in ns on the GPU: of an inference, of each layer by itself, and from host to host.

    Raises:
        ToolError: there is no GPU: a host's time would say nothing. Otherwise as `run`.
    """
    without_port(port, "a CUDA build")
    found = vehicle.start(folder)
    if not found.gpu:
        raise ToolError("GPU", found.note, "run it where an NVIDIA GPU is: python3 check_on_gpu.py")
    times, producers, graph = found.times(), found.graph.producers(), found.graph
    rows = []
    for name, us in zip(found.facts["layers"], times["layers_us"], strict=True):
        node = producers[name]
        macs = node.op.macs(graph.node_inputs(node), graph.node_outputs(node))
        rows.append({"layer": name, "op": node.op.name, "macs": macs, "count": round(1000 * us)})
    return {
        "vehicle": found.name,
        "on_target": not Options(board=found.facts["board"]).here(),
        "unit": "ns",
        "hz": 10**9,
        "total": round(1000 * times["inference_us"]),
        "macs": graph.macs(),
        "layers": rows,
        "round_trip": {name: times[f"round_trip_{name}_us"] for name in ("p50", "p99")},
    }


def described(target: Target) -> Described:
    options = options_of(target)
    where = "on the device" if options.board else "on a GPU, where none is here"
    proof = f"bit-exact, every layer, in the host twin; {where}: NOT RUN"
    return Described("CUDA C++ project, `check_on_gpu.py`", f"nvcc {TOOL.fits}", proof)


def versions() -> dict[str, str]:
    """edgekit, the compilers, the card here, and a digest of the kernels."""
    try:
        nvcc = toolchain.version()
    except ToolError as error:
        nvcc = error.what
    root, digest = firmware_folder(), hashlib.sha256()
    for path in sorted([*(root / "cuda").rglob("*.*"), *(root / "include").rglob("*.h")]):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    here, host = toolchain.card(), toolchain.host_version().removeprefix(f"{toolchain.HOST} ")
    return {"edgekit": __version__, "nvcc": nvcc, toolchain.HOST: host,
            "card": "none" if here is None else f"compute capability {here / 10:.1f}",
            "kernels": digest.hexdigest()[:12]}  # fmt: skip
