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
    json: Json = False,
) -> None:
    """Measure a microcontroller's build: per layer and in total, with arena, stack and flash.

    Emulated boards count executed instructions, exactly and repeatably; they are not cycles. A board at --port counts
    cycles, or microseconds where its core has no counter; the host, nanoseconds.

    \b
    Examples:
      edgekit bench build/kws/qemu-m4
      edgekit bench build/kws/nano33ble --port /dev/ttyACM0 --json
    """
    from edgekit import built

    found = built.bench(folder, port)
    if json:
        _output.print_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    unit = found["unit"]
    rows = [_row(i, r["layer"], r["op"], r["macs"], r["count"]) for i, r in enumerate(found["layers"])]
    rows.append(_row(None, "total", "", found["macs"], found["total"]))
    _output.table(("#>", "layer", "operator", "MACs>", f"{unit}>", "per MAC>"), rows)
    _output.show(f"measured on {found['vehicle']}, in {unit}")
    for key, text in _facts(found):
        _output.show(f"  {key:<10} {text}")


def _row(index: int | None, layer: str, op: str, macs: int, count: int) -> tuple[Any, ...]:
    return index, _output.layer(layer), op, macs, count, f"{count / macs:.3f}" if macs else None


def _facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    from edgekit.report.firmware import arena, groups

    facts = []
    seconds = _seconds(found)
    if seconds is not None:
        facts.append(("latency", f"{1e3 * seconds:.3f} ms"))
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
    if found["unit"] == "instructions":
        facts.append(("cycles", "not estimated: only executed instructions are counted"))
    if found["retries"]:
        facts.append(("line", f"{found['retries']} requests were repeated"))
    return facts


def _seconds(found: dict[str, Any]) -> float | None:
    """Latency where the counter is one of time or of cycles of a known clock."""
    return found["total"] / found["hz"] if found["unit"] in ("cycles", "us", "ns") and found["hz"] else None
