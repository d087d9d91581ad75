"""`edgekit verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json


def verify(
    source: Annotated[Path, typer.Argument(metavar="BUILD_DIR_OR_MODEL", help="A build folder, or a model file.")],
    against: Annotated[
        list[str] | None, typer.Option("--against", help="A runtime to compare with; may be given several times.")
    ] = None,
    input: Annotated[Path | None, typer.Option("--input", "-i", help="Inputs (.npz); random ones without.")] = None,
    samples: Annotated[int, typer.Option(min=1, help="How many random inputs.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random inputs.")] = 0,
    json: Json = False,
) -> None:
    """Prove a model: compare a runtime with the simulator, layer by layer, integer by integer.

    \b
    Examples:
      edgekit verify model.tflite
      edgekit verify model.tflite --against litert-reference --samples 100
      edgekit verify build/digits/coral
    """
    from dataclasses import asdict

    from edgekit import api
    from edgekit.arrays import load_arrays

    given = load_arrays(input) if input else None
    results = [
        api.verify(source, name, inputs=given, samples=samples, seed=seed) for name in against or ["tflite-micro"]
    ]
    if json:
        _output.print_json({"source": source, "exact": all(r.exact for r in results), "runtimes": [
            {**asdict(r), "exact": r.exact, "first_difference": r.first_difference and r.first_difference.layer}
            for r in results]})  # fmt: skip
    for result in [] if json else results:
        _output.table(
            ("#>", "layer", "operator", "values>", "differing>", "largest>"),
            [(i, _output.layer(x.layer), x.op, x.values, x.differing, x.largest) for i, x in enumerate(result.layers)],
        )
        _output.show(
            f"{result.version} against the simulator (arithmetic {result.arithmetic}), {result.samples} samples"
        )
        first = result.first_difference
        _output.show(
            "EXACT: no value differs"
            if first is None
            else f"DIFFERS, first in layer {_output.layer(first.layer)} ({first.op})"
        )
    if not all(r.exact for r in results):
        raise typer.Exit(1)
