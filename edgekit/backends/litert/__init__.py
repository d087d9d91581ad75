"""Linux boards with LiteRT: the int8 `.tflite`, golden vectors of its arithmetic, and a script for the board."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import __version__, arrays, files, plugins, verification
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    constraint,
    per_sample,
    rejections,
    without_port,
)
from edgekit.backends._rules import require_int8
from edgekit.backends.litert import infer
from edgekit.backends.litert.options import Options, options_of
from edgekit.doctor import probe
from edgekit.doctor.tools.ai_edge_litert import TOOL
from edgekit.errors import InputError, RefusedError, ToolError, UnsupportedError
from edgekit.graph import Graph, Node
from edgekit.target import Target
from edgekit.verification import LayerDifference, Verification

__all__ = [
    "CONSTRAINTS",
    "TIMED",
    "Options",
    "bench",
    "check",
    "compile",
    "described",
    "run",
    "supports",
    "verify",
    "versions",
]

TIMED = True
RUNTIME = "litert"
MODEL, SCRIPT, GOLDEN, SETTINGS = "model.tflite", "infer.py", "golden_litert.npz", "litert.json"
GOLDEN_SAMPLES = 16  # of the build's golden inputs, or random ones without
SECONDS = 1.0  # of timing, for each number of threads


def supports(operator: str) -> bool:
    return operator in plugins.names("edgekit.frontend.tflite.ops")


@constraint(fix="Replace the operator, or add a file of its name to edgekit/frontend/tflite/ops.")
def supported(graph: Graph, node: Node, options: Options) -> str | None:
    """The operator must be one of the `.tflite` format that edgekit writes."""
    return None if supports(node.op.name) else node.op.name


CONSTRAINTS = (supported,)


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that cannot be written. Raises InputError for unknown options."""
    return rejections(graph, CONSTRAINTS, options_of(target))


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write the model, golden vectors in the arithmetic of LiteRT's default path, and the script for the board.

    Raises:
        InputError: unknown options. UnsupportedError: a float graph, or one that the format cannot hold.
        MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import write

    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target)
    data = write(graph)
    files.write_atomic(folder / MODEL, data)
    files.write_atomic(folder / SCRIPT, Path(infer.__file__).read_bytes())
    files.write_atomic(folder / SETTINGS, chosen.model_dump_json(indent=1).encode())
    names, notes = [MODEL, SCRIPT, SETTINGS], []
    try:
        arrays.save_arrays(folder / GOLDEN, _golden(graph, folder))
        names.append(GOLDEN)
    except UnsupportedError as error:
        notes.append(f"no golden vectors for the board, LiteRT's integers are not predicted here: {error}")
    other = chosen.here()
    if other is not None:
        notes.append(f"on {target.title}: NOT RUN, this is {other}; there: python3 {SCRIPT}")
    return Artifact(tuple(names), MODEL, None, {"model_bytes": len(data), "threads": chosen.threads}, tuple(notes))


def _golden(graph: Graph, folder: Path) -> dict[str, Array]:
    """Inputs and outputs of a few samples, each (samples, *shape), named as `infer.py` reads them."""
    from edgekit import layerwise
    from edgekit.built import GOLDEN_INPUTS
    from edgekit.reference import Simulator
    from edgekit.runtimes import runtime

    simulator = Simulator(graph, runtime(RUNTIME).ARITHMETIC)
    has = (folder / GOLDEN_INPUTS).is_file()
    given = arrays.load_arrays(folder / GOLDEN_INPUTS) if has else verification.random_inputs(graph, GOLDEN_SAMPLES)
    inputs, count = simulator.prepare_inputs(given)
    samples = layerwise.samples(graph, inputs, count)[:GOLDEN_SAMPLES]
    found: dict[str, list[Array]] = {}
    for sample in samples:
        outputs = simulator.run(sample)
        for name, array in [*((f"input:{n}", a) for n, a in sample.items()),
                            *((f"output:{n}", a) for n, a in outputs.items())]:  # fmt: skip
            found.setdefault(name, []).append(array)
    return {name: np.stack(parts) for name, parts in found.items()}


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the model in LiteRT's default configuration here, which is the target only where the machine is.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. ToolError: LiteRT refuses it. UsageError: a port is given.
    """
    from edgekit.frontend.tflite import load

    without_port(port, "a Linux board")
    options = _settings(folder)
    model = _opened(folder, options.threads)
    outputs = per_sample(load(folder / MODEL), inputs, model.run)
    other = options.here()
    note = "" if other is None else f"on the board: NOT RUN, this is {other}; there: python3 {SCRIPT}"
    return Run(outputs, _vehicle(options.threads), other is None, note)


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """Every layer of the model in LiteRT here, then the model as it is with the option's threads: zero may differ.

    Raises:
        ToolError: LiteRT refuses the model, or its integers cannot be predicted for a layer. Otherwise as `run`.
    """
    from edgekit.frontend.tflite import load
    from edgekit.reference import Simulator

    options = _settings(folder)
    graph = load(folder / MODEL)
    try:
        found = verification.verify(graph, RUNTIME, inputs)
    except UnsupportedError as error:
        raise ToolError("LiteRT", f"its integers are not predicted: {error}") from error
    done = run(folder, inputs, port)
    wanted = Simulator(graph, found.arithmetic).run(inputs)
    gaps = {n: np.abs(done.outputs[n].astype(np.float64) - wanted[n]) for n in graph.outputs}
    whole = tuple(
        LayerDifference(n, "model", g.size, int((g != 0).sum()), float(g.max(initial=0))) for n, g in gaps.items()
    )
    return Verification(
        f"LiteRT, {options.threads} threads", done.vehicle, found.arithmetic, found.samples, (*found.layers, *whole)
    )


def bench(folder: Path, port: str | None = None) -> dict[str, Any]:
    """Times in ns with 1, 2, 4 ... threads on this machine; `total` is the best median. Raises as `run`."""
    from edgekit.frontend.tflite import load

    without_port(port, "a Linux board")
    options = _settings(folder)
    graph = load(folder / MODEL)
    sample = verification.random_inputs(graph, 1)
    times = {
        n: _opened(folder, n).time(sample, SECONDS)
        for n in infer.threads_up_to(max(options.threads, os.cpu_count() or 1))
    }
    best = min(times, key=lambda n: times[n]["p50_ns"])
    other = options.here()
    where = "" if other is None else f", NOT the target: this is {other}"
    return {
        "vehicle": _vehicle(best) + where,
        "on_target": other is None,
        "unit": "ns",
        "hz": 10**9,
        "total": times[best]["p50_ns"],
        "macs": graph.macs(),
        "layers": [],  # LiteRT's Python interface tells no times of layers
        "threads": times,
    }


def described(target: Target) -> Described:
    options = options_of(target)
    runtime = f"none; run by LiteRT (ai-edge-litert {TOOL.fits})"
    proof = "bit-exact (arithmetic `xnnpack`)"
    if options.machine != "x86_64":
        proof += f" in LiteRT on the host; on {options.board or options.machine}: NOT RUN"
    return Described("`.tflite`, golden vectors, `infer.py`", runtime, proof)


def versions() -> dict[str, str]:
    try:
        return {"edgekit": __version__, "ai-edge-litert": probe.require(TOOL, "ai-edge-litert").version}
    except ToolError as error:
        return {"edgekit": __version__, "ai-edge-litert": error.what}


def _settings(folder: Path) -> Options:
    try:
        return Options.model_validate_json((folder / SETTINGS).read_text("utf-8"))
    except (OSError, ValueError) as error:
        fix = "build it with `edgekit build --target linux-x86`"
        raise InputError(str(folder), "holds no LiteRT build", fix) from error


def _opened(folder: Path, threads: int) -> infer.Model:
    probe.require(TOOL, "ai-edge-litert")
    try:
        return infer.Model(folder / MODEL, threads)
    except ImportError as error:
        raise ToolError("LiteRT", f"cannot be imported: {error}", TOOL.install) from error
    except (RuntimeError, ValueError) as error:
        raise RefusedError("LiteRT", f"refuses the model: {error}") from error


def _vehicle(threads: int) -> str:
    version = probe.require(TOOL, "ai-edge-litert").version
    return f"ai-edge-litert {version} with XNNPACK, {threads} thread{'s' if threads > 1 else ''}, on this host"
