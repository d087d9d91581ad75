"""`edgekit simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Arithmetic, Input, Json, Output


def simulate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A .tflite or .onnx model, int8 or float.")],
    input: Input,
    output: Output,
    layers: Annotated[bool, typer.Option("--layers", help="Write every intermediate tensor too.")] = False,
    arithmetic: Arithmetic = None,
    dequantize: Annotated[bool, typer.Option("--dequantize", help="Write real values, not integers.")] = False,
    json: Json = False,
) -> None:
    """Run a model in the simulator, the project's definition of every integer.

    Inputs are arrays of the model's own type, or floats, which are quantized with the model's own parameters. Axis 0
    may hold any number of samples.

    \b
    Example:
      edgekit simulate model.tflite --input in.npz --output out.npz --layers
    """
    from edgekit import api
    from edgekit.arrays import save_arrays
    from edgekit.cli._files import load_inputs, require_output
    from edgekit.cli._progress import progress
    from edgekit.reference import dequantize_array

    require_output(output, ".npz", ".npy")
    graph = api.load(model)
    given = load_inputs(input, graph)
    with progress() as report:
        arrays = api.simulate(graph, given, layers=layers, arithmetic=arithmetic, progress=report)
    if dequantize:
        arrays = {name: dequantize_array(array, graph.tensors[name]) for name, array in arrays.items()}
    save_arrays(output, arrays)
    rows = [(name, str(list(a.shape)), a.dtype.name) for name, a in arrays.items()]
    if json:
        tensors = [{"name": n, "shape": list(arrays[n].shape), "dtype": d} for n, _, d in rows]
        used = arithmetic or graph.arithmetic
        _output.print_json({"model": model, "arithmetic": used, "output": output, "tensors": tensors})
    else:
        _output.table(("tensor", "shape", "type"), rows)
        _output.show(f"written to {output} (arithmetic {arithmetic or graph.arithmetic})")
