"""Vendors whose compiler no registry has: the right export, checked here, and the documented command. NOT RUN."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import __version__, arrays, files, layerwise, verification
from edgekit.backends import _onnx_layers as layers
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    constraint,
    constraints_of,
    per_sample,
    per_sample_of,
    rejections,
    without_port,
)
from edgekit.backends._real import real_form
from edgekit.backends._rules import no_int16, require_accepted, require_int8, written_as_onnx
from edgekit.backends.export import proof, tidl
from edgekit.backends.export.options import FILES, Options, options_of
from edgekit.errors import InputError, UsageError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.graph import Graph, Node
from edgekit.target import Target
from edgekit.verification import Verification

__all__ = ["CONSTRAINTS", "FLOAT", "Options", "check", "compile", "described", "run", "supports", "verify", "versions"]

FLOAT = True
MODEL, FLOATS, SETTINGS, README, SAMPLES = "model.tflite", "float.tflite", "export.json", "README.md", "samples"
COUNT = 16  # samples for the vendor's calibration


def supports(operator: str) -> bool:
    return onnx.supports(operator)


@constraint(fix="Reshape it to fewer axes.")
def few_axes(graph: Graph, node: Node, options: Options) -> str | None:
    """Tensors must have no more axes than the vendor's parser takes."""
    tensors = [t for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t is not None]
    return next((f"{t.name} with {len(t.shape)}" for t in tensors if len(t.shape) > options.max_rank), None)


CONSTRAINTS = (written_as_onnx, few_axes, no_int16, *constraints_of((tidl,)))


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that the documents rule out. Raises InputError for unknown options, UsageError for a bad opset."""
    return rejections(graph, CONSTRAINTS, _options(target))


def compile(
    graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None, floating: Graph | None = None
) -> Artifact:
    """Write the export, samples for the vendor's calibration, and a README with the command into `folder`.

    Raises:
        InputError: unknown options. UnsupportedError: layers that the documents rule out, or a float graph.
        MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import save

    target = target.with_options(options or {})
    chosen = _options(target)
    require_int8(graph, target)
    require_accepted(graph, target, check(graph, target))
    save(graph, folder / MODEL)
    names, notes = [MODEL, SETTINGS, README], []
    if chosen.format == "onnx":
        real = real_form(graph) if floating is None else floating
        onnx.save(real, folder / FILES["onnx"], Style(opset=chosen.opset))
        save(real, folder / FLOATS)  # what the file is proven against
        names += [FILES["onnx"], FLOATS]
        if floating is None:
            notes.append("made of an int8 model: its weights are rounded to int8 already; give the float model")
    made, origin = _samples(graph, folder)
    line = shlex.join(chosen.line(graph))
    if chosen.program:
        data = (Path(__file__).parent / "programs" / chosen.program).read_bytes()
        files.write_atomic(folder / chosen.program, data)
        names.append(chosen.program)
    facts = {
        "tool": chosen.tool, "command": line, "then": list(chosen.then), "format": chosen.format, "from": origin,
        "opset": chosen.opset,
    }  # fmt: skip
    files.write_atomic(folder / SETTINGS, json.dumps(facts, indent=1).encode())
    files.write_atomic(folder / README, _readme(target, chosen, line).encode())
    notes += _kept_off(graph, chosen)
    notes.insert(0, f"compiled: NOT RUN, {chosen.tool} is in no package registry; with it: {line}")
    return Artifact((*names, *made), MODEL, False, facts, tuple(notes))


def _kept_off(graph: Graph, options: Options) -> list[str]:
    """What stays on the device's CPU because the user allowed it, as a note."""
    strict = options.model_copy(update={"host_layers": False})
    layers = list(dict.fromkeys(one.layer for one in rejections(graph, CONSTRAINTS, strict)))
    return [f"left to the device's CPU by host_layers: {', '.join(layers)}"] if options.host_layers and layers else []


def _samples(graph: Graph, folder: Path) -> tuple[list[str], str]:
    """A few inputs as raw float32 files with a list of them, one set per input. Returns the files and their origin."""
    from edgekit.built import GOLDEN_INPUTS
    from edgekit.reference import Simulator

    has = (folder / GOLDEN_INPUTS).is_file()
    given = arrays.load_arrays(folder / GOLDEN_INPUTS) if has else verification.random_inputs(graph, COUNT)
    inputs, count = Simulator(graph).prepare_inputs(given)
    names = []
    for index, sample in enumerate(layerwise.samples(graph, inputs, count)[:COUNT]):
        for place, array in enumerate(layers.real(graph, sample).values()):
            names.append(f"{SAMPLES}/{index}_{place}.bin")
            files.write_atomic(folder / names[-1], np.ascontiguousarray(array, "<f4").tobytes())
    listed = [name for name in names if name.endswith("_0.bin")]
    files.write_atomic(folder / SAMPLES / "list.txt", ("\n".join(listed) + "\n").encode())
    return [*names, f"{SAMPLES}/list.txt"], "golden inputs" if has else "random"


def _readme(target: Target, options: Options, line: str) -> str:
    more = "".join(f"    {text}\n" for text in options.then)
    read = "\n".join(f"- {text}" for text in options.read)
    what = {"onnx": "the float graph: the vendor quantizes it", "tflite": "the int8 graph itself"}[options.format]
    version = f" ({options.tool_versions})" if options.tool_versions else ""
    parts = [
        f"# {target.title}",
        f"NOT RUN: {options.tool}{version} is in no package registry, and nothing here was compiled by it.",
        f"`{FILES[options.format]}` is {what}. `samples/` has inputs for its calibration: raw float32, a sample each.",
        f"    {line}\n{more}".rstrip(),
        f"Read:\n\n{read}",
    ]
    return "\n\n".join(parts) + "\n"


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the exported file in its format's own runtime on the host: the vendor's compiler is not here.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. UsageError: a port is given.
    """
    from edgekit.frontend.tflite import load
    from edgekit.runtimes import litert_reference

    without_port(port, "an export")
    facts = _facts(folder)
    graph = load(folder / MODEL)
    note = f"not compiled by {facts['tool']}: NOT RUN there; this is the exported file"
    if facts["format"] == "tflite":
        outputs = per_sample(graph, inputs, litert_reference.Session((folder / MODEL).read_bytes()).run)
        return Run(outputs, f"{litert_reference.version()} BUILTIN_REF on the host", False, note)
    data = (folder / FILES["onnx"]).read_bytes()
    outputs = per_sample_of(graph, inputs, lambda given: layers.run_all(data, [layers.real(graph, s) for s in given]))
    return Run(outputs, layers.vehicle(), False, note)


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """The exported file, in its format's own runtime, against the simulator on the graph that it was made of.

    ONNX: ONNX Runtime against the float graph, each layer within 1e-4 of its largest value (`proof`). `.tflite`: LiteRT
    against the int8 graph, exactly. Raises as `run`, and ToolError where the runtime refuses the file.
    """
    from edgekit.frontend.tflite import load

    without_port(port, "an export")
    facts = _facts(folder)
    graph = load(folder / MODEL)
    if facts["format"] == "tflite":
        return verification.verify(graph, "litert-reference", inputs)
    given = layers.real(graph, {n: np.asarray(a) for n, a in inputs.items()})
    return proof.verify(load(folder / FLOATS), (folder / FILES["onnx"]).read_bytes(), int(facts["opset"]), given)


def described(target: Target) -> Described:
    options = _options(target)
    exact = "bit-exact" if options.format == "tflite" else "each layer within 1e-4 of its largest value"
    compiler = f"{options.tool} {options.tool_versions}".rstrip()
    return Described(f"`{FILES[options.format]}` and the command", compiler, f"the file: {exact}; compiled: NOT RUN")


def versions() -> dict[str, str]:
    return {"edgekit": __version__}


def _options(target: Target) -> Options:
    options = options_of(target)
    first, last = options.opsets
    if not first <= options.opset <= last:
        raise UsageError(f"[target.{target.name}] opset", f"{options.opset} is not read by {options.tool}",
                         f"choose {first} to {last}")  # fmt: skip
    return options


def _facts(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / SETTINGS).read_text("utf-8"))
        wanted = (FILES[found["format"]], MODEL, *((FLOATS,) if found["format"] == "onnx" else ()))
        if not all((folder / name).is_file() for name in wanted) or not isinstance(found["opset"], int):
            raise ValueError("it is not whole")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(str(folder), "holds no export", "build it with `edgekit build --target ascend`") from error
    return found
