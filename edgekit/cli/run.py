"""`edgekit run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Input, Json, Output, Port


def run(
    folder: Annotated[Path, typer.Argument(metavar="BUILD_DIR", help="A target's build folder, with manifest.json.")],
    input: Input,
    output: Output,
    port: Port = None,
    json: Json = False,
) -> None:
    """Run a built artifact itself, on whatever vehicle its target has here, and say which that was.

    With --port it is run on the board at that serial port, which must have been flashed.

    \b
    Example:
      edgekit run build/digits/coral --input build/digits/coral/golden/inputs.npz --output out.npz
    """
    from edgekit import built
    from edgekit.arrays import save_arrays
    from edgekit.cli._files import load_inputs, require_output
    from edgekit.frontend import load

    require_output(output, ".npz", ".npy")
    manifest = built.read_manifest(folder)
    done = built.run(folder, load_inputs(input, load(folder / manifest.model.file)), port)
    save_arrays(output, done.outputs)
    tensors = [{"name": n, "shape": list(a.shape), "dtype": a.dtype.name} for n, a in done.outputs.items()]
    if json:
        facts = {"folder": folder, "target": manifest.target, "vehicle": done.vehicle, "on_target": done.on_target}
        _output.print_json({**facts, "note": done.note, "output": output, "tensors": tensors})
        return
    _output.table(("tensor", "shape", "type"), [(t["name"], str(t["shape"]), t["dtype"]) for t in tensors])
    _output.show(f"run on {done.vehicle}" + ("" if done.on_target else f", which is NOT the target {manifest.target}"))
    if done.note:
        _output.show(done.note)
    _output.show(f"written to {output}")
