"""`edgekit analyze`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Optimize, RamLimit, Targets

if TYPE_CHECKING:
    from edgekit.backends import Estimate


def analyze(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A .tflite or .onnx model, or a recipe (.toml).")],
    target: Targets = [],  # noqa: B006 - typer copies it
    optimize: Optimize = None,
    ram_limit: RamLimit = None,
    json: Json = False,
) -> None:
    """What is in a model, what it costs, and what a target would reject and why: before any training.

    A recipe's network is built with random weights. Bytes of a float model are those of its int8 form. Peak RAM is
    what activations need at once, without kernels' scratch; flash is the constants, without code. For
    microcontrollers instructions and cycles of an int8 model are predicted; latency, where the target states a
    clock, goes by cycles, or by instructions where not all layers have cycles, and says so.

    \b
    Examples:
      edgekit analyze model.tflite
      edgekit analyze edgekit.toml --target coral
      edgekit analyze model.tflite --target qemu-m4 --optimize ram
    """
    from edgekit.analysis import analyze as work
    from edgekit.analysis import as_json

    found = work(source, target, optimize=optimize, ram_limit=ram_limit)
    if json:
        _output.print_json({"source": source, **as_json(found)})
        return
    estimates = found.estimates
    columns = ["#>", "layer", "operator", "output", "MACs>", "params>", "bytes>", "live>"]
    costs = [(f"{name}>", one.layers) for name, one in estimates.items()]
    costs += [(f"{name} cycles>", one.cycles) for name, one in estimates.items() if one.cycles is not None]
    columns += [title for title, _ in costs]
    rows = [
        (
            i,
            _output.layer(x.layer),
            x.op,
            "x".join(map(str, x.shape)),
            x.macs,
            x.parameters,
            x.constant_bytes,
            x.live_bytes,
            *(_count(layers[x.layer]) for _, layers in costs),
        )
        for i, x in enumerate(found.layers)
    ]
    left_out = {"live>", *({"output", "params>"} if estimates else ())} if _output.narrow() else set()
    kept = [i for i, column in enumerate(columns) if column not in left_out]
    _output.table([columns[i] for i in kept], [[row[i] for i in kept] for row in rows])
    note = "" if found.quantized else ", as int8"
    types = " and ".join(sorted({x.dtype for x in found.layers}, key=len)) if found.quantized else "float"
    _output.show(f"{found.name}: {len(found.layers)} layers, {types}")
    _output.show(f"  MACs        {found.macs:,}")
    _output.show(f"  parameters  {found.parameters:,}")
    _output.show(f"  flash       {_output.size(found.flash_bytes)} of constants{note}")
    _output.show(
        f"  peak RAM    {_output.size(found.peak_ram_bytes)} of activations{note}, at {_output.layer(found.peak_layer)}"
    )
    for note in found.notes:
        _output.show(f"note: {note}")
    for name, rejected in found.rejections.items():
        _output.show(
            f"{name}: " + (f"rejects {_output.counted(len(rejected), 'layer')}" if rejected else "takes every layer")
        )
        for x in rejected:
            _output.show(f"  {_output.layer(x.layer)} ({x.op}): {x.rule} Found {x.found}.")
            if x.fix:
                _output.show(f"    next: {x.fix}")
        if name in estimates:
            _show_estimate(estimates[name])
        for need in found.memory[name]:
            verdict = "" if need.fits else ": does NOT fit"
            sizes = f"at least {_output.size(need.needed)} of {_output.size(need.limit)}"
            _output.show(f"  {need.memory.upper() if need.memory == 'ram' else need.memory:<6}{sizes}{verdict}")


def _count(value: float | None) -> int | str:
    return "?" if value is None else round(value)


def _show_estimate(found: Estimate) -> None:
    if found.total is not None:
        _output.show(f"  about {round(found.total):,} {found.unit}, predicted from measured counts of its kernels")
    if found.total_cycles is not None:
        _output.show(f"  about {round(found.total_cycles):,} cycles, likewise: estimated ones, by the model of `bench`")
    if found.latency is not None and found.latency.ms is not None:
        _output.show(f"  about {found.latency}")
    for note in found.notes:
        _output.show(f"  {note}")
    _output.show(f"  arena {found.arena_bytes:,} B, constants {found.constant_bytes:,} B, exactly")
