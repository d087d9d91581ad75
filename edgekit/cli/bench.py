"""`edgekit bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Port


def bench(
    folder: Annotated[Path, typer.Argument(metavar="BUILD_DIR", help="A target's build folder, with manifest.json.")],
    port: Port = None,
    cycles: Annotated[
        bool, typer.Option("--cycles/--no-cycles", help="Estimate cycles on emulated boards, by a second, slow run.")
    ] = True,
    json: Json = False,
) -> None:
    """Measure a build on its vehicle: per layer and in total, a microcontroller's with arena, stack and flash.

    Emulated boards count executed instructions, exactly and repeatably; cycles beside them are estimated, by a model
    with a fixed cost for each instruction. A board at --port counts cycles, or microseconds where its core has no
    counter; the host, nanoseconds.

    \b
    Examples:
      edgekit bench build/kws/qemu-m4
      edgekit bench build/kws/nano33ble --port /dev/ttyACM0 --json
    """
    from edgekit import built

    found = built.bench(folder, port, cycles)
    if json:
        _output.print_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    unit = found["unit"]
    cycles = bool(found.get("cycle_model"))
    rows = [_row(i, r, r["count"], cycles) for i, r in enumerate(found["layers"])]
    rows.append(_row(None, {"layer": "total", "op": "", **found}, found["total"], cycles))
    columns = ("cycles, est.>", "per MAC>") if cycles else ()
    _output.table(("#>", "layer", "operator", "MACs>", f"{unit}>", "per MAC>", *columns), rows)
    how = "ESTIMATED, not measured, by" if found.get("estimated") else "measured on"
    _output.show(f"{how} {found['vehicle']}, in {unit}")
    for key, text in _facts(found):
        _output.show(f"  {key:<10} {text}")


def _row(index: int | None, row: dict[str, Any], count: int, cycles: bool) -> tuple[Any, ...]:
    macs = row["macs"]
    counts = [count, row["cycles"]] if cycles else [count]
    pairs = [cell for n in counts for cell in (n, f"{n / macs:.3f}" if macs else None)]
    return index, _output.layer(row["layer"]), row["op"], macs, *pairs


def _facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    from edgekit.report.firmware import arena, groups

    facts = []
    seconds = _seconds(found)
    if seconds is not None:
        facts.append(("latency", f"{1e3 * seconds:.3f} ms"))
    if "throughput" in found:
        many = found["throughput"]
        facts.append(
            ("throughput", f"{many['inferences_per_second']:,} per second, {many['requests']} asynchronous requests")
        )
    for threads, times in found.get("threads", {}).items():
        facts.append(
            (f"{threads} threads", f"median {times['p50_ns'] / 1e6:.3f} ms, 99% {times['p99_ns'] / 1e6:.3f} ms")
        )
    if "arena_bytes" in found:
        facts.append(("arena", arena(found)))
        if (found.get("groups") or {}).get("layers"):
            facts.append(("groups", groups(found["groups"])))
        stack = found["stack_bytes"]
        facts.append(("stack", f"{stack:,} B at its highest" if stack else "not measured: this vehicle cannot tell"))
    if "flash_code_bytes" in found:
        facts.append(
            (
                "flash",
                f"{found['constant_bytes']:,} B of constants, {found['flash_code_bytes']:,} B of code with harness",
            )
        )
    if found.get("cycle_model"):
        model = found["cycle_model"]
        facts.append(("cycles", f"estimated for the {model['core']}, not measured. {model['source']}"))
        facts.append(("limits", model["limits"]))
        shares = (f"{name.replace('_', ' ')} {n / found['total']:.0%}" for name, n in found["classes"].items())
        facts.append(("executed", ", ".join(shares)))
    elif found["unit"] == "instructions":
        facts.append(("cycles", "not estimated"))
    if found.get("retries"):
        facts.append(("line", f"{found['retries']} requests were repeated"))
    return facts


def _seconds(found: dict[str, Any]) -> float | None:
    """Latency where the counter is one of time or of cycles of a known clock."""
    return found["total"] / found["hz"] if found["unit"] in ("cycles", "us", "ns") and found["hz"] else None
