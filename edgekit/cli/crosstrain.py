"""`edgekit crosstrain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Recipe


def crosstrain(
    recipe: Recipe = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of builds; results go to NAME/crosstrain in it.")
    ] = Path("build"),
    json: Json = False,
) -> None:
    """Train a recipe's network, run its stages of cross-training, and export the result, without building anything.

    The folder gets NAME.onnx, NAME.safetensors and stages.json. Stages whose inputs did not change are taken from the
    cache; an interrupted one goes on from its last whole epoch. `edgekit build` runs the same stages by itself.

    \b
    Example:
      edgekit crosstrain edgekit.toml
    """
    from dataclasses import asdict

    from edgekit.api import default_recipe
    from edgekit.cli._progress import progress
    from edgekit.pipeline import crosstrain as work

    with progress() as report:
        result = work(recipe or default_recipe(), output, progress=report)
    if json:
        _output.print_json(asdict(result))
        return
    _output.table(*_output.stages([row.as_json() for row in result.rows]))
    for note in result.notes:
        _output.show(f"note: {note}")
    _output.show(f"{result.seconds:.1f} s; {result.checkpoint}; {result.model}")
