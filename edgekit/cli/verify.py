"""`edgekit verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Port
from edgekit.errors import ToolError, UsageError, VerificationError

if TYPE_CHECKING:
    from edgekit.built import NotRun
    from edgekit.verification import Verification


def verify(
    source: Annotated[Path, typer.Argument(metavar="BUILD_DIR_OR_MODEL", help="A build folder, or a model file.")],
    against: Annotated[
        list[str] | None, typer.Option("--against", help="A runtime to compare with; may be given several times.")
    ] = None,
    input: Annotated[Path | None, typer.Option("--input", "-i", help="Inputs (.npz); random ones without.")] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="How many random inputs; 8 without, for build folders the golden inputs.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random inputs.")] = 0,
    port: Port = None,
    json: Json = False,
) -> None:
    """Prove a model: compare a runtime with the simulator, layer by layer, integer by integer.

    Of a build folder, the files are compared with the manifest's hashes and the golden vectors with the simulator too,
    and the runtimes are those it was built against. A microcontroller's build is run too: on the emulator, on the host,
    or on the board at --port, each layer compared by its CRC. Ends with exit code 1 when anything differs.

    \b
    Examples:
      edgekit verify model.tflite
      edgekit verify model.tflite --against litert-reference --samples 100
      edgekit verify build/digits/coral
      edgekit verify build/digits/nano33ble --port /dev/ttyACM0
    """
    from dataclasses import asdict

    from edgekit import api, built
    from edgekit.arrays import load_arrays
    from edgekit.cli._progress import progress

    if input is not None and samples is not None:
        raise UsageError("--samples", "counts random inputs, and --input names the inputs", "give one of the two")
    given = load_arrays(input) if input else None
    results: tuple[Verification | NotRun, ...]
    with progress() as report:
        if source.is_dir():
            found = built.verify_build(
                source, against or (), inputs=given, samples=samples, seed=seed, port=port, progress=report
            )
            exact, holds, checks, results = found.exact, found.holds, found.checks, found.runtimes
        elif port is not None:
            raise UsageError("--port", "is about a build folder, and this is a model", "`edgekit build` and flash it")
        else:
            count, names = samples or 8, against or ["tflite-micro"]
            proofs = [
                api.verify(source, name, inputs=given, samples=count, seed=seed, progress=report) for name in names
            ]
            exact, holds = all(proof.exact for proof in proofs), all(proof.holds for proof in proofs)
            checks, results = (), tuple(proofs)
    if json:
        document = {
            "source": source,
            "exact": exact,
            "holds": holds,
            "runtimes": [_as_json(result) for result in results],
        }
        _output.print_json(document | ({"checks": [asdict(check) for check in checks]} if source.is_dir() else {}))
    else:
        for check in checks:
            _output.show(f"{check.name}: {'ok' if check.ok else 'FAILED'}: {check.text}")
        for result in results:
            _show(result)
    if not holds:
        raise typer.Exit(VerificationError.exit_code)
    if results and all(isinstance(result, built.NotRun) for result in results):
        _output.say("error: no runtime could be asked: nothing is proven")
        _output.say("next: install one of them; `edgekit doctor` says how")
        raise typer.Exit(ToolError.exit_code)


def _as_json(result: Verification | NotRun) -> dict[str, Any]:
    from dataclasses import asdict

    from edgekit.verification import Verification

    if not isinstance(result, Verification):
        return {**asdict(result), "exact": None, "holds": None}
    first = result.first_difference
    return {**asdict(result), "exact": result.exact, "holds": result.holds,
            "first_difference": first and first.layer}  # fmt: skip


def _show(result: Verification | NotRun) -> None:
    from edgekit.verification import Verification

    if not isinstance(result, Verification):
        _output.show(f"{result.against}: NOT RUN: {result.reason}")
        return
    bounded = any(layer.bound for layer in result.layers)
    _output.table(
        ("#>", "layer", "operator", "values>", "differing>", "largest>", *(["bound>"] if bounded else [])),
        [
            (i, _output.layer(x.layer), x.op, x.values, x.differing, x.largest, *([x.bound] if bounded else []))
            for i, x in enumerate(result.layers)
        ],
    )
    _output.show(f"{result.version} against the simulator (arithmetic {result.arithmetic}), {result.samples} samples")
    for x in result.whole:
        said = f"{x.differing} of {x.values:,} values differ, by {x.largest:g} at most"
        _output.show(f"  output {_output.layer(x.layer)} of the whole network: {said}")
    failed = result.first_failure
    if failed is not None:
        _output.show(f"DIFFERS, first in layer {_output.layer(failed.layer)} ({failed.op})")
    else:
        _output.show("EXACT: no value differs" if result.exact else "HOLDS: no layer differs by more than its bound")
