"""`edgekit quantize`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json

if TYPE_CHECKING:
    from edgekit.graph import Tensor


def quantize(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A float .onnx or .tflite model.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The int8 .tflite to write.")],
    calibration: Annotated[
        Path | None, typer.Option("--calibration", "-c", help="Samples: .npz keyed by input name, .npy or a folder.")
    ] = None,
    data_free: Annotated[
        bool,
        typer.Option("--data-free", help="No samples at all: made-up inputs, and batch norms where there are any."),
    ] = False,
    method: Annotated[
        str, typer.Option(help="How ranges are chosen: minmax, moving-average, percentile, mse or entropy.")
    ] = "minmax",
    samples: Annotated[int, typer.Option(min=1, help="How many of the samples are used, chosen reproducibly.")] = 256,
    seed: Annotated[int, typer.Option(min=0, help="Seed of that choice.")] = 0,
    percentile: Annotated[float, typer.Option(help="For the method percentile.")] = 99.99,
    per_channel: Annotated[bool, typer.Option("--per-channel/--per-tensor", help="Scales of weights.")] = True,
    activations: Annotated[
        str, typer.Option(help="int8, or int16: 16x8 throughout, for targets that have it.")
    ] = "int8",
    int16: Annotated[
        list[str],
        typer.Option("--int16", help="Name of a layer with int16 activations, the others in int8; repeatable."),
    ] = [],  # noqa: B006 - typer copies it
    float_input: Annotated[bool, typer.Option("--float-input", help="Keep float inputs, quantized inside.")] = False,
    float_output: Annotated[bool, typer.Option("--float-output", help="Keep float outputs.")] = False,
    max_drop: Annotated[
        float | None, typer.Option(min=0, help="Try fixes until int8 loses no more points of accuracy than this.")
    ] = None,
    validation: Annotated[
        Path | None, typer.Option(help="For --max-drop: .npz of inputs and labels; else the calibration samples.")
    ] = None,
    fix: Annotated[
        list[str], typer.Option("--fix", help="For --max-drop: name of a fix to try; all, the cheapest first, else.")
    ] = [],  # noqa: B006 - typer copies it
    json: Json = False,
) -> None:
    """Quantize a float model to int8 with calibration data, as a standard .tflite.

    With --max-drop, fixes are tried and kept where they help, until the limit is kept; a table says what each gained
    and what it costs. Samples without labels are judged by how often int8 agrees with float.

    \b
    Examples:
      edgekit quantize model.onnx --calibration samples.npz --output model.tflite --method percentile
      edgekit quantize model.onnx --calibration samples.npz --output model.tflite --max-drop 0.3 --validation test.npz
    """
    from edgekit import api
    from edgekit.cli._files import require_output
    from edgekit.cli._progress import progress
    from edgekit.errors import UsageError, VerificationError
    from edgekit.frontend.tflite import save

    require_output(output, ".tflite")
    if (calibration is None) != data_free:
        raise UsageError("--calibration or --data-free", "exactly one of them is needed", "real samples are better")
    if max_drop is None and (validation is not None or fix):
        raise UsageError("--validation and --fix", "belong to --max-drop", "give --max-drop POINTS")
    options: dict[str, Any] = {
        "method": method, "samples": samples, "seed": seed, "percentile": percentile, "per_channel": per_channel,
        "input_dtype": "float32" if float_input else None, "output_dtype": "float32" if float_output else None,
        "activations": activations, "int16": tuple(int16),
    }  # fmt: skip
    improvement = None
    with progress() as report:
        if max_drop is None:
            graph = api.quantize(source, calibration, progress=report, **options)
        else:
            found = api.improve(
                source, calibration, max_drop, validation=validation, fixes=fix or None, progress=report, **options
            )
            graph, improvement = found.graph, found.as_json()
    if improvement is not None:
        if not json:
            _output.improvement(improvement)
        if max_drop is not None and improvement["drop"] > max_drop:
            raise VerificationError(
                f"--max-drop {max_drop:g}", f"{improvement['stopped']}; nothing was written",
                f"allow more, or see where it is lost: edgekit debug {source} --data {validation or calibration}",
            )  # fmt: skip
    save(graph, output)
    inputs, outputs = ([_parameters(graph.tensors[n]) for n in names] for names in (graph.inputs, graph.outputs))
    if json:
        found_json = {"source": source, "output": output, "inputs": inputs, "outputs": outputs}
        _output.print_json(found_json | ({} if improvement is None else {"quantization": improvement}))
        return
    rows = [(role, *x.values()) for role, group in (("input", inputs), ("output", outputs)) for x in group]
    _output.table(("", "tensor", "type", "scale>", "zero point>"), rows)
    _output.show(f"written to {output} ({_output.size(output.stat().st_size)})")


def _parameters(tensor: Tensor) -> dict[str, Any]:
    q = tensor.quantization
    scale, zero_point = (float(tensor.scale), tensor.zero_point) if q is not None else (None, None)
    return {"name": tensor.name, "dtype": tensor.dtype, "scale": scale, "zero_point": zero_point}
