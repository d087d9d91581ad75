"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document on stdout.")]
Input = Annotated[
    Path, typer.Option("--input", "-i", help="Array file (.npz) with one array per input, keyed by its name.")
]
Output = Annotated[Path, typer.Option("--output", "-o", help="Array file (.npz) to write.")]
Targets = Annotated[list[str], typer.Option("--target", "-t", help="Name of a target; may be given several times.")]
Arithmetic = Annotated[
    str | None,
    typer.Option(
        "--arithmetic", help="tflm, litert-reference, xnnpack, onnxruntime or openvino; the model's own without."
    ),
]
Optimize = Annotated[
    str | None,
    typer.Option("--optimize", help="What microcontroller kernels are chosen for: speed, ram or flash; else speed."),
]
RamLimit = Annotated[
    int | None,
    typer.Option(
        "--ram-limit", metavar="BYTES", min=0,
        help="Arena a microcontroller may take: layers run in stripes as far as that is needed.",
    ),
]  # fmt: skip
Port = Annotated[str | None, typer.Option("--port", "-p", help="Serial port of a board: /dev/ttyACM0, COM3.")]
Recipe = Annotated[
    Path | None,
    typer.Argument(metavar="RECIPE", help="A recipe (.toml); ./edgekit.toml without, else the embedded default."),
]
