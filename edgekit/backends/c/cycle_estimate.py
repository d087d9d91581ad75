"""Estimated cycles of a build on an emulated board, beside the instructions that its timer counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgekit.backends.c.cycles import Costs, Count, costs_of, count, disassemble
from edgekit.backends.c.vehicle import IMAGE, read_facts
from edgekit.device.link import SerialLink
from edgekit.device.session import Session
from edgekit.device.trace import Trace, record
from edgekit.errors import ToolError

CLOCK = "board_ticks"  # the harness asks it three times for each count: twice in a row, and after the work
SECONDS = 1800.0


def estimate_cycles(folder: Path, measured: dict[str, Any]) -> dict[str, Any]:
    """`measured`, what `bench` has counted, with `cycles` and `classes` for the whole and for every layer.

    The firmware runs once more under QEMU, which logs what it executes. `cycle_model` has the core, the source of the
    costs and their limits; it is None for vehicles whose instructions are not seen and cores without a table.

    Raises:
        InputError: no firmware in `folder`. ToolError: a tool is missing or fails, or the instructions that are logged
            are not as many as the board's timer has counted.
    """
    facts, options = read_facts(folder)
    costs = costs_of(options.core)
    if options.emulator is None or costs is None:
        return {**measured, "cycle_model": None}
    image = folder / IMAGE
    instructions, functions = disassemble(image, options)
    if CLOCK not in functions:
        raise ToolError(str(image), f"has no function {CLOCK}", "build it again")
    segments = 3 * (1 + len(facts["layers"]))
    e = options.emulator
    _, trace = record(image, e.machine, e.icount_shift, functions[CLOCK], lambda i: i < segments and i % 3 != 2, _run)
    if trace.marks < segments:
        raise ToolError("QEMU's log", f"shows {trace.marks} of {segments} calls of {CLOCK}", "repeat it")
    counts = [_less_asking(trace, i, instructions, costs) for i in range(1 + len(facts["layers"]))]
    names = ["the whole inference", *facts["layers"]]
    timer = [measured["total"], *(row["count"] for row in measured["layers"])]
    for name, found, ticks in zip(names, counts, timer, strict=True):
        if found.instructions != ticks:
            raise ToolError(
                "cycles", f"{name}: {found.instructions:,} instructions are logged, the timer counts {ticks:,}",
                "give --no-cycles, and report it",
            )  # fmt: skip
    rows = [{**row, **_shown(found)} for row, found in zip(measured["layers"], counts[1:], strict=True)]
    model = {"core": options.core, "source": costs.source, "limits": costs.limits}
    return {**measured, "layers": rows, **_shown(counts[0]), "cycle_model": model}


def _run(link: SerialLink) -> list[str]:
    return Session(link).request("time 0", SECONDS)


def _less_asking(trace: Trace, index: int, instructions: Any, costs: Costs) -> Count:
    """The work between two calls of the clock, less what two calls take with nothing between them."""
    asking = {key: -times for key, times in trace.segments[3 * index].items()}
    return count([trace.segments[3 * index + 1], asking], instructions, costs)


def _shown(found: Count) -> dict[str, Any]:
    return {"cycles": found.cycles, "classes": found.classes}
