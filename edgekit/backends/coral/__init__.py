"""The Coral Edge TPU: an int8 `.tflite`, compiled by `edgetpu_compiler` where that is present."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from edgekit import __version__, files, plugins
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    constraints_of,
    rejections,
)
from edgekit.backends._rules import require_accepted, require_int8
from edgekit.backends.coral import compiler, device
from edgekit.backends.coral.operators import ALL, RUNTIME_OF
from edgekit.backends.coral.options import Options, options_of
from edgekit.errors import InputError, ToolError
from edgekit.graph import Graph
from edgekit.target import Target

__all__ = ["CONSTRAINTS", "Options", "advice", "check", "compile", "described", "remark", "run", "supports", "versions"]

MODEL = "model.tflite"
COMPILED = "model_edgetpu.tflite"
RUNNER = "run_on_device.py"
CONSTRAINTS = constraints_of(plugins.modules(f"{__name__}.constraints").values())


def supports(operator: str) -> bool:
    return operator in RUNTIME_OF


def remark(operator: str) -> str:
    needed = RUNTIME_OF.get(operator, ALL)
    return f"runtime {needed}" if needed > ALL else ""


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that breaks a documented rule and is not allowed on the CPU.

    On a float graph (before training or quantization) the rules about integers are left out.

    Raises:
        InputError: unknown options.
    """
    options = options_of(target)
    return [r for r in rejections(graph, CONSTRAINTS, options) if r.op not in options.cpu]


def advice(graph: Graph, target: Target) -> list[Rejection]:
    """Layers of which the documentation says that the compiler may leave them on the CPU."""
    return rejections(graph, CONSTRAINTS, options_of(target), advisory=True)


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write `model.tflite`, `run_on_device.py` and, where the compiler is present, the compiled model into `folder`.

    Raises:
        InputError: unknown options. UnsupportedError: layers that the Edge TPU rejects, or that the compiler left on
        the CPU. VerificationError: less mapped than `min_mapped`. ToolError: the compiler failed, or is absent and
        required. MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import write

    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target)
    require_accepted(graph, target, check(graph, target))
    data = write(graph)
    files.write_atomic(folder / MODEL, data)
    with files.disk_errors(folder):
        shutil.copyfile(Path(str(resources.files(__name__))) / "runner.py", folder / RUNNER)
    facts: dict[str, Any] = {
        "model_bytes": len(data),
        "options": chosen.model_dump(mode="json", exclude_defaults=True),
        "cpu_layers": sorted({r.layer for r in rejections(graph, CONSTRAINTS, chosen)}),
        "advice": [str(one) for one in advice(graph, target)],
    }
    names = [MODEL, RUNNER]
    program = compiler.find(chosen)
    if program is None:
        command = " ".join(["edgetpu_compiler", *compiler.arguments(chosen, MODEL, ".")])
        if chosen.require_compiler:
            raise ToolError(compiler.PROGRAM, "is not here, and require_compiler asks for it", compiler.INSTALL)
        if chosen.min_mapped is not None:
            raise ToolError(compiler.PROGRAM, "is not here, and min_mapped cannot be judged without", compiler.INSTALL)
        facts |= {"compile_command": command, "install": compiler.INSTALL}
        note = f"compiled: no. {compiler.PROGRAM} is not on this machine. In this folder run `{command}`; it installs "
        return Artifact(tuple(names), MODEL, False, facts, (note + compiler.INSTALL,))
    with files.disk_errors(folder):
        done = compiler.compile_model(program, folder / MODEL, folder, chosen)
    facts |= {"compiler": done.log.facts(), **device.describe_all(done.files)}
    (folder / "edgetpu_compiler.log").write_text(done.text, "utf-8")
    names += [*(path.name for path in done.files), "edgetpu_compiler.log"]
    notes = [f"on the device's CPU: {row.count} x {row.op}: {row.status}" for row in done.log.unmapped]
    return Artifact(tuple(names), MODEL, True, facts, tuple(notes))


def run(folder: Path, inputs: Mapping[str, Array]) -> Run:
    """Run the artifact: the compiled model on an attached Edge TPU, else the int8 model in LiteRT's reference kernels.

    Which of the two it was is said in the result.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. ToolError: the runtime or the device fails.
    """
    if not (folder / MODEL).is_file():
        raise InputError(str(folder), f"holds no {MODEL}", "build it with `edgekit build --target coral`")
    return device.run(folder / MODEL, folder / COMPILED, inputs)


def described(target: Target) -> Described:
    proof = "the uncompiled model bit-exact; on an Edge TPU: NOT RUN unless one is attached"
    return Described("`model_edgetpu.tflite`", "edgetpu_compiler", proof)


def versions() -> dict[str, str]:
    """Versions of edgekit, the compiler, LiteRT and the Edge TPU's runtime library."""
    try:
        program = compiler.find(Options())
        found = "not installed" if program is None else compiler.version(program)
    except ToolError as error:
        found = f"unusable: {error}"
    return {"edgekit": __version__, compiler.PROGRAM: found, **device.versions()}
