"""Movidius Myriad X (NCS2, OAK): the float graph in FP16, compiled by the last OpenVINO that knows these chips."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit import __version__, files
from edgekit.backends._contract import Array, Artifact, Described, Rejection, Run, constraint, rejections, without_port
from edgekit.backends._real import real_form
from edgekit.backends._rules import require_accepted
from edgekit.backends.movidius import blob, compiler, environment, half
from edgekit.backends.movidius.compiler import STYLE
from edgekit.backends.movidius.options import Options, options_of
from edgekit.errors import InputError, ToolError
from edgekit.export import onnx
from edgekit.graph import Graph, Node
from edgekit.target import Target

__all__ = ["CONSTRAINTS", "FLOAT", "Options", "check", "compile", "described", "require", "run", "supports", "versions"]

FLOAT = True
MODEL, SOURCE, BLOB, SETTINGS = "model.tflite", "model.onnx", "model.blob", "movidius.json"


def supports(operator: str) -> bool:
    return onnx.supports(operator)


@constraint(fix="Replace the operator, or add a file of its name to edgekit/export/onnx/ops.")
def supported(graph: Graph, node: Node, options: Options) -> str | None:
    """The operator must be one that is written as ONNX; then OpenVINO 2021.4 is asked about the layer."""
    return None if supports(node.op.name) else node.op.name


CONSTRAINTS = (supported,)


def require(target: Target) -> None:
    """Find or make the environment of OpenVINO 2021.4.2. Raises ToolError when neither can be done."""
    environment.require()


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that the chip does not run, as `query_network` says; an int8 graph in its real form.

    Raises:
        InputError: unknown options. ToolError: OpenVINO fails.
    """
    options = options_of(target)
    found = rejections(graph, CONSTRAINTS, options)
    if found or environment.find() is None:
        return found
    real = real_form(graph)
    producers = real.producers()
    rule, fix = "OpenVINO's query_network must place every node of the layer on the chip.", "Change the layer."
    return [
        Rejection(layer, producers[layer].op.name if layer in producers else "?", rule, ", ".join(nodes), fix)
        for layer, nodes in compiler.unsupported(real, options).items()
    ]


def compile(
    graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None, floating: Graph | None = None
) -> Artifact:
    """Write the float `model.onnx`, the FP16 `model.blob`, and the int8 `model.tflite` of the build into `folder`.

    Args:
        floating: the float graph; without, the real form of `graph`, whose weights are rounded to int8 already.

    Raises:
        InputError: unknown options. UnsupportedError: layers that the chip does not run. ToolError: no environment, or
        OpenVINO fails. MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import save

    target = target.with_options(options or {})
    chosen = options_of(target)
    require(target)
    real = real_form(graph) if floating is None else floating
    require_accepted(graph, target, check(real, target))
    save(graph, folder / MODEL)
    onnx.save(real, folder / SOURCE, STYLE)
    with files.disk_errors(folder):
        answer = compiler.compile_blob(folder / SOURCE, folder / BLOB, chosen)
        blob.check(folder / BLOB)
        facts: dict[str, Any] = {
            "options": chosen.model_dump(mode="json", exclude_defaults=True),
            "openvino": answer["version"],
            "bytes": {name: (folder / name).stat().st_size for name in (SOURCE, BLOB)},
            "precision": "FP16",
            "blob": blob.described(folder / BLOB),
        }
        files.write_atomic(folder / SETTINGS, json.dumps({"options": chosen.model_dump(), "facts": facts}).encode())
    notes = ["run on a Myriad X: NOT RUN, none is attached; `edgekit run` computes the network in FP16 on the host"]
    if facts["blob"] is None:
        notes.append("blob read back by depthai: NOT RUN, it is not installed (pip install depthai)")
    if floating is None and real is not graph:
        notes.append(
            "made of an int8 model: its weights are rounded to int8 already; give the float model for FP16's own"
        )
    return Artifact((MODEL, SOURCE, BLOB, SETTINGS), MODEL, True, facts, tuple(notes))


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """What FP16 gives: the float network with weights and layers rounded to float16, on the host, in real units.

    Args: inputs: of the int8 model, or real ones.

    Raises:
        InputError: no artifact in `folder`, or bad inputs.
    """
    from edgekit.frontend import load
    from edgekit.reference import dequantize_array

    without_port(port, "movidius")
    for name in (MODEL, SOURCE, BLOB):
        if not (folder / name).is_file():
            raise InputError(str(folder), f"holds no {name}", "build it with `edgekit build --target movidius`")
    blob.check(folder / BLOB)
    graph, real = load(folder / MODEL), load(folder / SOURCE)
    given = {
        name: dequantize_array(a, graph.tensors[name]) if name in graph.tensors and a.dtype.kind != "f" else a
        for name, a in inputs.items()
    }
    note = "not on a Myriad X: NOT RUN there; FP16 rounding of weights and layers, summation in float32"
    return Run(half.run(real, given), f"edgekit {__version__} in float16 on the host", False, note)


def described(target: Target) -> Described:
    proof = "FP16, simulated without a bound; on a chip: NOT RUN"
    return Described("`model.blob`", "OpenVINO 2021.4.2 in an environment of its own", proof)


def versions() -> dict[str, str]:
    try:
        python = environment.find()
        said = "not installed" if python is None else environment.version_of(python)
    except ToolError as error:
        said = error.what
    return {"edgekit": __version__, "openvino (movidius)": said}
