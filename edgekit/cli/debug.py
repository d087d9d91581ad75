"""`edgekit debug`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json


def debug(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A float .onnx or .tflite model.")],
    data: Annotated[
        Path, typer.Option("--data", "-d", help="Samples: .npz keyed by input name, best with labels; .npy; a folder.")
    ],
    calibration: Annotated[
        Path | None, typer.Option("--calibration", "-c", help="Samples to choose ranges by, instead of --data.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder that gets diagnosis.html and diagnosis.json.")
    ] = None,
    fix: Annotated[
        list[str], typer.Option("--fix", help="Name of a fix to try; may be given several times; the quick ones else.")
    ] = [],  # noqa: B006 - typer copies it
    method: Annotated[
        str, typer.Option(help="How ranges are chosen: minmax, moving-average, percentile, mse or entropy.")
    ] = "minmax",
    samples: Annotated[int, typer.Option(min=1, help="How many samples ranges are chosen by.")] = 256,
    per_channel: Annotated[bool, typer.Option("--per-channel/--per-tensor", help="Scales of weights.")] = True,
    json: Json = False,
) -> None:
    """Why a network loses in int8: float beside int8, layer by layer, and which fix helps the layer that hurts most.

    SQNR and cosine compare each activation with its float form, errors adding up; saturated values lie outside the
    range; dead range is the share of int8 levels never reached. Alone is the SQNR at the output when only that layer
    is int8: the lowest is the layer that hurts most.

    \b
    Examples:
      edgekit debug model.onnx --data samples.npz
      edgekit debug model.onnx --data samples.npz --output why --fix equalization --fix adaround
    """
    from edgekit import api
    from edgekit.cli._progress import progress
    from edgekit.report import diagnosis as page

    with progress() as report:
        found = api.debug(
            model, data, calibration=calibration, fixes=fix or None, progress=report, method=method, samples=samples,
            per_channel=per_channel,
        ).as_json()  # fmt: skip
    if output is not None:
        _write(output, model, found)
    if json:
        _output.print_json({"model": model, **found})
        return
    rows = [(_output.layer(row[0]), *row[1:]) for row in page.rows(found)]
    _output.table(page.COLUMNS, rows)
    _output.show()
    _output.table(page.FIXES, page.fix_rows(found))
    _output.show()
    for text in page.sentences(found):
        _output.show(text)
    if output is not None:
        _output.show(f"written to {output / 'diagnosis.html'}")


def _write(folder: Path, model: Path, found: dict[str, object]) -> None:
    import json

    from edgekit.files import write_atomic
    from edgekit.report.diagnosis import render

    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / "diagnosis.json", (json.dumps(found, indent=2) + "\n").encode())
    write_atomic(folder / "diagnosis.html", render(model.name, found).encode())
