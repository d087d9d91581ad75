"""Arm Ethos-U55, U65 and U85: the int8 `.tflite` compiled by Vela, with Vela's own word on what the NPU takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit import __version__, files
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
from edgekit.backends._made_up import int8_form
from edgekit.backends._rules import require_int8
from edgekit.backends.ethos_u import figures, glue, operators, vela
from edgekit.backends.ethos_u.options import Options, options_of
from edgekit.doctor.tools.ethos_u_vela import TOOL
from edgekit.errors import InputError, ToolError, UnsupportedError
from edgekit.graph import Graph, Node
from edgekit.target import Target

__all__ = [
    "CONSTRAINTS",
    "TIMED",
    "Options",
    "bench",
    "channel_multiple",
    "check",
    "compile",
    "described",
    "remark",
    "require",
    "run",
    "sparsity",
    "supports",
    "versions",
]

TIMED = True
MODEL, COMPILED, SETTINGS = "model.tflite", "model_vela.tflite", "ethos_u.json"
FIX = "Change the layer, or list its operator in `cpu` of the target's options."


def supports(operator: str) -> bool:
    return operator in operators.U55_AND_U65 | operators.U85


def remark(operator: str) -> str:
    return "" if operator in operators.U55_AND_U65 else "U85 only"


@constraint(fix=FIX)
def reported(graph: Graph, node: Node, options: Options) -> str | None:
    """Vela's report of supported operators must list the operator for the NPU; then Vela is asked about the layer."""
    listed = vela.report().get(options.family, frozenset()) if TOOL.find() is not None else None
    name = operators.builtin(node.op.name)
    known = supports(node.op.name) if listed is None else name in listed
    return None if known else name


CONSTRAINTS = (reported,)


def sparsity(target: Target) -> dict[str, str]:
    """Vela writes weights in a code in which zeros are short, so that they take less flash and less of its bandwidth;
    the U85 also skips two zeros among four input channels."""
    found = {"2:4": "shorter weights", "unstructured": "shorter weights"}
    return found | ({"2:4": "shorter weights, and products skipped"} if options_of(target).family == "U85" else {})


def channel_multiple(target: Target) -> int:
    """Activations inside the NPU lie in bricks of 16 channels (NHCWB16)."""
    return 16


def require(target: Target) -> None:
    """Raises ToolError when Vela is absent or of a wrong version."""
    vela.version()


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that would stay on the CPU, in Vela's words: Vela compiles the graph to find out.

    A float graph is judged in a made-up int8 form, before any training.

    Raises:
        InputError: unknown options, or a configuration that Vela does not know. ToolError: Vela fails.
    """
    import tempfile

    options = options_of(target)
    found = rejections(graph, CONSTRAINTS, options)
    if not found and TOOL.find() is not None:
        with tempfile.TemporaryDirectory(prefix="edgekit-ethos-u-") as scratch:
            probe = int8_form(graph)
            files.write_atomic(Path(scratch) / MODEL, _written(probe))
            done = vela.compile_model(Path(scratch) / MODEL, Path(scratch), options)
        found = _rejections(probe, done.cpu)
    return [r for r in found if r.op not in options.cpu]


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write `model.tflite`, Vela's `model_vela.tflite`, logs and figures, and C glue for the firmware into `folder`.

    Raises:
        InputError: unknown options. UnsupportedError: a float graph, or layers that Vela leaves on the CPU unallowed.
        ToolError: Vela is absent or fails. MachineError: the folder cannot be written.
    """
    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target)
    require(target)
    files.write_atomic(folder / MODEL, _written(graph))
    with files.disk_errors(folder):
        done = vela.compile_model(folder / MODEL, folder, chosen)
        left = _rejections(graph, done.cpu)
        stranger = [r for r in left if r.op not in chosen.cpu]
        if stranger:
            text = f"{len(stranger)} layers would stay on the CPU, first: {stranger[0]}"
            raise UnsupportedError(graph.name, text, stranger[0].fix)
        files.write_atomic(folder / SETTINGS, chosen.model_dump_json(indent=1).encode())
        names = [MODEL, COMPILED, SETTINGS, "vela.log", "vela_summary.csv"]
        names += ["vela_layers.csv"] if (folder / "vela_layers.csv").is_file() else []
        notes = [f"on the CPU beside the NPU: layer {r.layer} ({r.op}): {r.found}" for r in left]
        made, said = _firmware(folder, chosen, bool(left))
    facts = {
        "options": chosen.model_dump(mode="json", exclude_defaults=True),
        "vela": vela.version(),
        "estimate": figures.facts(done.summary),
        "cpu_layers": [{"layer": r.layer, "op": r.op, "reason": r.found} for r in left],
        "bytes": {name: (folder / name).stat().st_size for name in (MODEL, COMPILED)},
    }
    notes += [said, "cycles and milliseconds are Vela's estimate; run on an NPU: NOT RUN, none is attached"]
    return Artifact((*names, *made), MODEL, True, facts, tuple(notes))


def _firmware(folder: Path, options: Options, on_cpu: bool) -> tuple[tuple[str, ...], str]:
    if on_cpu:
        return (), (
            "firmware glue: not written, operators stay on the CPU; run model_vela.tflite with TensorFlow Lite Micro "
            "and its Ethos-U kernel"
        )
    raw = vela.raw(folder / MODEL, options)
    if raw is None:
        return (), "firmware glue: not written, Vela made several command streams; use TensorFlow Lite Micro"
    names = glue.write(raw, options.accelerator, folder)
    return names, glue.compile_check(folder)[1]


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the int8 model that was compiled, in LiteRT's reference kernels on the host: no NPU is emulated here.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. UsageError: a port is given.
    """
    from edgekit.frontend.tflite import load
    from edgekit.runtimes import litert_reference

    without_port(port, "an Ethos-U build")
    if not (folder / MODEL).is_file():
        raise InputError(str(folder), f"holds no {MODEL}", "build it with `edgekit build --target ethos-u55-128`")
    session = litert_reference.Session((folder / MODEL).read_bytes())
    outputs = per_sample(load(folder / MODEL), inputs, session.run)
    why = (
        "not on an Ethos-U: NOT RUN there, no package registry has Arm's Corstone models; this is the uncompiled model"
    )
    return Run(outputs, f"{litert_reference.version()} BUILTIN_REF on the host", False, why)


def bench(folder: Path, port: str | None = None) -> dict[str, Any]:
    """Vela's estimate of cycles by layer: no measurement. Raises InputError, UsageError."""
    import csv

    from edgekit.frontend.tflite import load

    without_port(port, "an Ethos-U build")
    try:
        options = Options.model_validate_json((folder / SETTINGS).read_text("utf-8"))
        graph = load(folder / MODEL)
        rows = figures.by_layer(folder / "vela_layers.csv", graph)
        with open(folder / "vela_summary.csv", newline="", encoding="utf-8") as file:
            estimate = figures.facts(next(csv.DictReader(file)))
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise InputError(str(folder), f"holds no Ethos-U build: {error}", "build it again") from error
    return {
        "vehicle": f"Vela's model of {options.accelerator}", "estimated": True, "unit": "cycles",
        "hz": estimate["clock_hz"], "total": estimate["cycles"], "macs": graph.macs(), "layers": rows,
        "estimate": estimate,
    }  # fmt: skip


def described(target: Target) -> Described:
    proof = "the uncompiled model bit-exact; on an NPU: NOT RUN"
    return Described("`model_vela.tflite`, C glue", f"Vela {TOOL.fits}", proof)


def versions() -> dict[str, str]:
    try:
        return {"edgekit": __version__, "ethos-u-vela": vela.version()}
    except ToolError as error:
        return {"edgekit": __version__, "ethos-u-vela": error.what}


def _written(graph: Graph) -> bytes:
    from edgekit.frontend.tflite import write

    return write(graph)


def _rejections(graph: Graph, left: tuple[vela.OnCpu, ...]) -> list[Rejection]:
    producers = graph.producers()
    rule = "Vela must put the layer on the NPU."
    return [
        Rejection(c.tensor, producers[c.tensor].op.name if c.tensor in producers else c.operator.lower(), rule,
                  c.reason.rstrip("."), FIX)
        for c in left
    ]  # fmt: skip
