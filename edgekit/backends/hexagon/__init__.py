"""Qualcomm Hexagon: Q/DQ ONNX through ONNX Runtime's QNN provider into an HTP context binary, simulated here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import __version__, files
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    constraint,
    per_sample_of,
    rejections,
    without_port,
)
from edgekit.backends._made_up import int8_form
from edgekit.backends._rules import activations_of, moves, require_accepted, require_int8, written_as_onnx
from edgekit.backends.hexagon import htp, layers
from edgekit.backends.hexagon.options import Options, options_of
from edgekit.doctor.tools.onnxruntime_qnn import TOOL
from edgekit.errors import ToolError
from edgekit.export import onnx
from edgekit.graph import Graph, Node
from edgekit.graph.ops.pad import Pad
from edgekit.target import Target
from edgekit.verification import Verification

__all__ = [
    "CONSTRAINTS",
    "Options",
    "check",
    "compile",
    "described",
    "require",
    "run",
    "supports",
    "verify",
    "versions",
]

MAX_RANK = 4
STRAY = re.compile(r"Node '(\S+?)(?:_token_\d+)?' OpType:(\w+) .*was not selected by that EP", re.DOTALL)


def supports(operator: str) -> bool:
    return onnx.supports(operator)


@constraint(fix="Reshape around the layer.")
def rank(graph: Graph, node: Node, options: Options) -> str | None:
    """Activations must have 1 to 4 dimensions: the HTP's simulator ends on some of 5, and computes scalars wrong."""
    tensors = [t for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t is not None]
    ranks = [len(t.shape) for t in tensors if not t.is_constant or len(t.shape) > MAX_RANK]
    return next((f"{r} dimensions" for r in ranks if not 1 <= r <= MAX_RANK), None)


@constraint("pad", fix="Pad with a value inside the range of the output.", quantized=True)
def border(graph: Graph, node: Node, options: Options) -> str | None:
    """The border's integer must be below the largest: QNN 2.51 wraps that one around."""
    from edgekit.reference import quantize_array

    made = graph.node_outputs(node)[0]
    if not isinstance(node.op, Pad) or made.quantization is None:
        return None
    value = int(quantize_array(np.array([node.op.value], np.float32), made)[0])
    return str(value) if value == np.iinfo(made.dtype).max else None


CONSTRAINTS = (written_as_onnx, rank, moves, border, activations_of("int8"))


def require(target: Target) -> None:
    """Raises ToolError when the package is absent or of a wrong version."""
    htp.version()


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that the HTP does not take, as its own compiler says: nothing may fall back to the CPU.

    A float graph is judged in a made-up int8 form, before any training.

    Raises:
        InputError: unknown options. ToolError: the compiler fails.
    """
    options = options_of(target)
    found = rejections(graph, CONSTRAINTS, options)
    if found or TOOL.find() is None:
        return found
    probe = int8_form(graph)
    try:
        return _left(probe, htp.on_cpu(onnx.write(probe, layers.STYLE), options))
    except ToolError as error:
        stray = STRAY.search(error.what)
        if stray is None:
            raise
        return _left(probe, [(stray[1], stray[2])])


def _left(graph: Graph, nodes: list[tuple[str, str]]) -> list[Rejection]:
    """Nodes on the CPU, by layer."""
    places = onnx.places(graph, layers.STYLE)
    owner = {node: name for name, place in places.items() for node in place.nodes}
    producers = graph.producers()
    kinds: dict[str, list[str]] = {}
    for name, kind in nodes:
        kinds.setdefault(owner.get(name, name), []).append(kind)
    rule = "The HTP's compiler must take every node of the layer."
    fix = "Change the layer; Qualcomm's HTP operator definition supplement says what is taken."
    return [
        Rejection(
            layer, producers[layer].op.name if layer in producers else "?", rule, f"{', '.join(k)} on the CPU", fix
        )
        for layer, k in kinds.items()
    ]


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write `model.tflite`, `model.onnx` (Q/DQ), and the context binary with its ONNX wrapper into `folder`.

    Raises:
        InputError: unknown options. UnsupportedError: a float graph, or a layer that the HTP does not take.
        ToolError: the package is absent, or its compiler fails. MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import save

    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target)
    require(target)
    require_accepted(graph, target, check(graph, target))
    save(graph, folder / layers.MODEL)
    onnx.save(graph, folder / layers.SOURCE, layers.STYLE)
    with files.disk_errors(folder):
        htp.compile_model(folder / layers.SOURCE, folder / layers.CONTEXT, chosen)
        files.write_atomic(folder / layers.SETTINGS, chosen.model_dump_json(indent=1).encode())
    binaries = sorted(path.name for path in folder.glob("model_ctx*.bin"))
    names = (layers.MODEL, layers.SOURCE, layers.CONTEXT, *binaries, layers.SETTINGS)
    facts = {
        "options": chosen.model_dump(mode="json", exclude_defaults=True),
        "bytes": {name: (folder / name).stat().st_size for name in names},
    }
    note = "run on a phone's or board's HTP: NOT RUN, none is attached; Qualcomm's simulator on this host ran it"
    return Artifact(names, layers.MODEL, True, facts, (note,))


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the context binary in Qualcomm's HTP simulator on this host, without CPU fallback.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. ToolError: the package is absent or fails.
    """
    without_port(port, "hexagon")
    graph, options = layers.opened(folder)
    outputs = per_sample_of(graph, inputs, lambda samples: htp.run_all(folder / layers.CONTEXT, samples, options))
    return Run(outputs, layers.vehicle(options), True, "the HTP is simulated")


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """Every layer on the HTP with the simulator's own integers, and the context binary whole. Raises as `run`."""
    without_port(port, "hexagon")
    return layers.verify(folder, inputs)


def described(target: Target) -> Described:
    proof = "each layer within 1 step (`resize_bilinear` 3) in the HTP simulator; on a device: NOT RUN"
    return Described("HTP context binary", f"onnxruntime-qnn {TOOL.fits}", proof)


def versions() -> dict[str, str]:
    from importlib import metadata

    try:
        return {"edgekit": __version__, htp.NAME: htp.version(), "onnxruntime": metadata.version("onnxruntime")}
    except ToolError as error:
        return {"edgekit": __version__, htp.NAME: error.what}
