"""`edgekit build`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Optimize, RamLimit, Targets

if TYPE_CHECKING:
    from edgekit.pipeline import BuildResult


def build(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="SOURCE",
            help="A recipe (.toml), a float or Q/DQ .onnx, or a .tflite; else ./edgekit.toml or the default recipe.",
        ),
    ] = None,
    target: Targets = [],  # noqa: B006 - typer copies it
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder that gets NAME/TARGET/.")] = Path("build"),
    calibration: Annotated[
        Path | None,
        typer.Option("--calibration", "-c", help="Samples for quantization: .npz, .npy or a folder; or none."),
    ] = None,
    optimize: Optimize = None,
    ram_limit: RamLimit = None,
    json: Json = False,
) -> None:
    """Train, quantize, prove and package: from a recipe or a model to a build folder per target.

    Without --target the recipe's own targets are built. Stages are cached by content: what has been done is not done
    again, and a second build says so. A killed build leaves the former one whole.

    \b
    Examples:
      edgekit build --target coral
      edgekit build model.tflite --target coral --calibration samples.npz
      edgekit build model.tflite --target qemu-m4 --optimize ram
      edgekit build model.tflite --target nano33ble --ram-limit 60000
    """
    from edgekit import api
    from edgekit.cli._progress import progress

    with progress() as report:
        result = api.build(
            source, target, output, calibration=calibration, optimize=optimize, ram_limit=ram_limit, progress=report
        )
    if not result.targets:  # not the first of several processes: that one tells
        return
    if json:
        _output.print_json(as_json(result))
    else:
        _show(result)


def as_json(result: BuildResult) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(result), "nothing_to_do": result.nothing_to_do}


def _show(result: BuildResult) -> None:
    rows = [
        (f"{s.name} {s.target or ''}".rstrip(), "cached" if s.cached else f"{s.seconds:.1f} s", s.text)
        for s in result.stages
    ]
    _output.table(("stage", "time>", "result"), rows)
    tried = next((t.manifest["quantization"] for t in result.targets.values() if t.manifest["quantization"]), None)
    if tried is not None:
        _output.show()
        _output.improvement(tried)
    for one in result.targets.values():
        _output.show(f"\n{one.target}: {one.folder}", style="bold")
        for key, text in _facts(one.manifest):
            _output.show(f"  {key:<9} {text}")
    shown = {f"{one.target}: {note}" for one in result.targets.values() for note in one.manifest["notes"]}
    for note in result.notes:
        if note not in shown:
            _output.show(f"note: {note}")
    if result.nothing_to_do:
        _output.show("\nnothing to do: everything was built before from the same things, and is whole")


def _facts(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What people want to know about a build, from its manifest."""
    from edgekit.pipeline.accuracy import sentence
    from edgekit.report.firmware import firmware

    model, memory, accuracy = manifest["model"], manifest["memory"], manifest["accuracy"]
    yield (
        "model",
        f"{model['file']}: {model['layers']} layers, {model['parameters']:,} parameters, {model['macs']:,} MACs",
    )
    constants, peak = _output.size(memory["weights_bytes"]), _output.size(memory["peak_activation_bytes"])
    yield "memory", f"{constants} of constants, {peak} of activations at peak"
    yield from firmware(manifest)
    yield "accuracy", sentence(accuracy)
    for proof in manifest["verified"]:
        if proof["status"] == "NOT RUN":
            yield "verified", f"{proof['against']}: NOT RUN: {proof['reason']}"
        else:
            yield (
                "verified",
                f"{proof['version']}: {proof['status']}, {proof['differing']} of {proof['values']:,} values differ",
            )
    if manifest["compiled"]:
        yield "compiled", "yes"
    for note in manifest["notes"]:
        key, colon, text = note.partition(": ")
        yield (key, text) if colon and key == "compiled" else ("note", note)
