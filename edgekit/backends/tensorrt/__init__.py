"""NVIDIA Jetson through TensorRT: Q/DQ ONNX by its rules, a float model with calibration cache, and a build program.

Engines are built on the device: TensorRT's compiler is in no package that runs here without a GPU.
"""

from __future__ import annotations

import json
import shlex
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import __version__, files, verification
from edgekit.backends import _onnx_layers as layers
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    per_sample_of,
    rejections,
    without_port,
)
from edgekit.backends._real import real_form
from edgekit.backends._rules import activations_of, require_accepted, require_int8, written_as_onnx
from edgekit.backends.tensorrt import build_engine, rules
from edgekit.backends.tensorrt.options import CACHE, ENGINE, QDQ, REAL, Options, options_of
from edgekit.backends.tensorrt.symmetric import symmetric
from edgekit.errors import InputError, UnsupportedError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.graph import Graph
from edgekit.target import Target
from edgekit.verification import Verification

__all__ = [
    "CONSTRAINTS",
    "FLOAT",
    "Options",
    "check",
    "compile",
    "described",
    "run",
    "sparsity",
    "supports",
    "verify",
    "versions",
]

FLOAT = True
MODEL, SETTINGS, PROGRAM, GOLDEN = "model.tflite", "tensorrt.json", "build_engine.py", "golden_outputs.json"
PLAIN = Style(opset=13, float_interface=True)  # of the float model: TensorRT 8.0 reads up to opset 13


def supports(operator: str) -> bool:
    return onnx.supports(operator)


def sparsity(target: Target) -> dict[str, str]:
    """Two zeros among four input channels: the tensor cores of Ampere and later skip them, where TensorRT finds that
    faster (`BuilderFlag.SPARSE_WEIGHTS`)."""
    return {"2:4": "GPUs of compute capability 8.0 and later"} if options_of(target).sparse else {}


CONSTRAINTS = (written_as_onnx, activations_of("int8", "float32"))


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that cannot be written. Raises InputError for unknown options."""
    return rejections(graph, CONSTRAINTS, options_of(target))


def compile(
    graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None, floating: Graph | None = None
) -> Artifact:
    """Write the ONNX models, the calibration cache, the build program and golden vectors into `folder`.

    Args:
        floating: the float graph; without, the real form of `graph`, whose weights are rounded to int8 already.

    Raises:
        InputError: unknown options. UnsupportedError: a layer that cannot be written, a float graph, or a rule of
        TensorRT that the written model breaks. MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import save

    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target)
    require_accepted(graph, target, check(graph, target))
    balanced, plain = symmetric(graph), real_form(graph) if floating is None else floating
    model = onnx.model(balanced, layers.STYLE)
    wrong = rules.broken(model)
    if wrong:
        raise UnsupportedError(graph.name, f"TensorRT's rules are broken {len(wrong)} times, first: {wrong[0]}")
    save(graph, folder / MODEL)
    onnx.save(balanced, folder / QDQ, layers.STYLE)
    onnx.save(plain, folder / REAL, PLAIN)
    files.write_atomic(folder / CACHE, calibration(balanced, plain))
    files.write_atomic(folder / PROGRAM, Path(build_engine.__file__).read_bytes())
    facts: dict[str, Any] = {
        **chosen.model_dump(), "source": chosen.source, "sparse": chosen.sparse,
        "trtexec": shlex.join(chosen.trtexec()), "symmetric": _cost(graph, balanced),
    }  # fmt: skip
    golden, facts["steps"] = _golden(balanced if chosen.source == QDQ else plain, graph, folder, chosen.source)
    files.write_atomic(folder / SETTINGS, json.dumps(facts, indent=1).encode())
    names = (MODEL, QDQ, REAL, CACHE, PROGRAM, SETTINGS, GOLDEN, *golden)
    notes = [f"{ENGINE}: NOT RUN, TensorRT builds it on the Jetson: python3 {PROGRAM}, or {facts['trtexec']}"]
    if chosen.source == REAL and floating is None:
        notes.append("the float model is made of an int8 one: its weights are rounded to int8 already")
    return Artifact(names, MODEL, False, facts, tuple(notes))


def calibration(balanced: Graph, plain: Graph) -> bytes:
    """TensorRT's calibration cache for the float model: the symmetric scale of each of its tensors.

    One line per tensor, `name: scale` with the float32's bits in hexadecimal, behind a heading with TensorRT's version,
    which `build_engine.py` replaces by that of the device. A tensor of the float model that the int8 graph does not
    have (a copy in another layout has its own name) gets none, and TensorRT runs it in FP16.
    """
    lines = ["TRT-8502-EntropyCalibration2"]
    places = {name: place.real for name, place in onnx.places(plain, PLAIN).items()}
    places |= {name: name for name in plain.inputs}
    for name, real in places.items():
        tensor = balanced.tensors.get(name)
        if tensor is not None and tensor.quantization is not None:
            bits = struct.unpack(">I", struct.pack(">f", float(tensor.scale)))[0]
            lines.append(f"{real}: {bits:08x}")
    return ("\n".join(lines) + "\n").encode("ascii")


def _cost(graph: Graph, balanced: Graph) -> dict[str, float]:
    """How far the symmetric graph's outputs are from the int8 graph's, over random inputs, in real units."""
    from edgekit.reference import Simulator, dequantize_array

    inputs = verification.random_inputs(graph, 8)
    before, after = Simulator(graph).run(inputs), Simulator(balanced).run(layers.real(graph, inputs))
    gaps = {
        n: np.abs(dequantize_array(before[n], graph.tensors[n]) - dequantize_array(after[n], balanced.tensors[n]))
        for n in graph.outputs
    }
    return {f"largest difference of {n}": float(gap.max(initial=0)) for n, gap in gaps.items()}


def _golden(used: Graph, graph: Graph, folder: Path, source: str) -> tuple[list[str], float]:
    """One sample as trtexec reads it, and its outputs by the simulator. Returns the files and the steps allowed.

    Allowed is twice what ONNX Runtime differs by, and two steps at least: TensorRT sums in another order.
    """
    from edgekit.reference import Simulator

    sample = verification.random_inputs(graph, 1)
    given = layers.real(graph, sample)
    wanted = layers.real(used, Simulator(used).run(given))
    names = []
    for index, array in enumerate(given.values()):
        names.append(f"golden_{index}.bin")  # names of tensors may hold slashes
        files.write_atomic(folder / names[-1], np.ascontiguousarray(array, "<f4").tobytes())
    (found,) = layers.run_all((folder / source).read_bytes(), [given])
    golden, worst = {}, 0.0
    for name in graph.outputs:
        q = graph.tensors[name].quantization
        step = 1.0 if q is None else float(q.scale[0])
        golden[name] = {"step": step, "values": [float(v) for v in wanted[name].ravel()]}
        worst = max(worst, float(np.abs(found[name] - wanted[name]).max(initial=0)) / step)
    files.write_atomic(folder / GOLDEN, json.dumps(golden).encode())
    return names, max(2.0, 2 * worst)


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the model that the engine is built from in ONNX Runtime on the host, in real units: no engine is here.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. UsageError: a port is given.
    """
    from edgekit.frontend.tflite import load

    without_port(port, "a TensorRT build")
    source = _settings(folder)["source"]
    graph = load(folder / MODEL)
    outputs = per_sample_of(
        graph, inputs,
        lambda samples: layers.run_all((folder / source).read_bytes(), [layers.real(graph, s) for s in samples]),
    )  # fmt: skip
    return Run(outputs, layers.vehicle(), False, f"not on a Jetson: NOT RUN there; this is {source} in float32")


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """Every layer of the model that the engine is built from, on the host: the Q/DQ file against the simulator of the
    symmetric graph, the float file against the float simulator. Raises as `run`.
    """
    from edgekit.frontend import load

    without_port(port, "a TensorRT build")
    source = _settings(folder)["source"]
    graph = load(folder / MODEL)
    given = layers.real(graph, {n: np.asarray(a) for n, a in inputs.items()})
    proven = symmetric(graph) if source == QDQ else load(folder / REAL)
    return layers.verify(proven, (folder / source).read_bytes(), given, "tensorrt")


def described(target: Target) -> Described:
    options = options_of(target)
    artifact = f"`{options.source}`, `build_engine.py`" + (f", `{CACHE}`" if options.precision == "int8" else "")
    bound = "1 step" if options.source == QDQ else "1e-4 of its largest value"
    proof = f"the file: each layer within {bound} in ONNX Runtime; the engine: NOT RUN"
    return Described(artifact, "TensorRT 8.4 to 10, on the device", proof)


def versions() -> dict[str, str]:
    return {"edgekit": __version__, "tensorrt": "on the device"}


def _settings(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / SETTINGS).read_text("utf-8"))
        if found["source"] not in (QDQ, REAL) or not (folder / QDQ).is_file():
            raise ValueError("it is not whole")
    except (OSError, ValueError, KeyError, TypeError) as error:
        fix = "build it with `edgekit build --target jetson-orin-nano`"
        raise InputError(str(folder), "holds no TensorRT build", fix) from error
    return found
