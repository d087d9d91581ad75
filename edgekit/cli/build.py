"""`edgekit build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Targets

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
        Path | None, typer.Option("--calibration", "-c", help="Samples for quantization: .npz, .npy or a folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Train, quantize, prove and package: from a recipe or a model to a build folder per target.

    Without --target the recipe's own targets are built. Stages are cached by content: what has been done is not done
    again, and a second build says so. A killed build leaves the former one whole.

    \b
    Examples:
      edgekit build --target coral
      edgekit build model.tflite --target coral --calibration samples.npz
    """
    from edgekit import api
    from edgekit.cli._progress import progress

    with progress() as report:
        result = api.build(source, target, output, calibration=calibration, progress=report)
    if json:
        _output.print_json(as_json(result))
    else:
        _show(result)


def as_json(result: BuildResult) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(result), "nothing_to_do": result.nothing_to_do}


def _show(result: BuildResult) -> None:
    _output.table(
        ("stage", "target", "state", "seconds>", "result"),
        [(s.name, s.target, "cached" if s.cached else "ran", f"{s.seconds:.1f}", s.text) for s in result.stages],
    )
    for one in result.targets.values():
        _output.show(f"{one.target}: {one.folder}")
    for note in result.notes:
        _output.show(note)
    if result.nothing_to_do:
        _output.show("nothing to do: everything was built before from the same things")
