"""Estimated cycles of a build on an emulated board, beside the instructions that its timer counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from edgekit.backends.c.cycles import Code, Costs, Count, costs_of, disassemble
from edgekit.backends.c.options import Options
from edgekit.backends.c.vehicle import IMAGE, read_facts
from edgekit.device.link import SerialLink
from edgekit.device.session import Session
from edgekit.device.trace import Trace, record
from edgekit.errors import ToolError

CLOCK = "board_ticks"  # the harness asks it three times for each count: twice in a row, and after the work
SECONDS = 1800.0
T = TypeVar("T")


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
    _, counts = trace(folder / IMAGE, options, costs, range(1 + len(facts["layers"])), _run)
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


def trace(
    image: Path, options: Options, costs: Costs, numbers: Sequence[int], converse: Callable[[SerialLink], T]
) -> tuple[T, list[Count]]:
    """What is said while a firmware measures itself, and what it executes in the measurements with these numbers.

    The firmware's command `time` measures the whole inference, number 0, and then every layer.

    Raises:
        ToolError: as `estimate_cycles`.
    """
    instructions, functions = disassemble(image, options)
    if CLOCK not in functions:
        raise ToolError(str(image), f"has no function {CLOCK}", "build it again")
    e, wanted = options.emulator, {3 * number + k for number in numbers for k in (0, 1)}
    assert e is not None
    said, found = record(image, e.machine, e.icount_shift, functions[CLOCK], wanted.__contains__, converse)
    if found.marks < 3 * max(numbers) + 3:
        raise ToolError("QEMU's log", f"shows {found.marks} calls of {CLOCK}, too few", "repeat it")
    code = Code(instructions, costs)
    return said, [_less_asking(found, number, code) for number in numbers]


def _run(link: SerialLink) -> list[str]:
    return Session(link).request("time 0", SECONDS)


def _less_asking(found: Trace, number: int, code: Code) -> Count:
    """The work between two calls of the clock, less what two calls take with nothing between them."""
    asking = {key: -times for key, times in found.segments[3 * number].items()}
    return code.count([found.segments[3 * number + 1], asking])


def _shown(found: Count) -> dict[str, Any]:
    return {"cycles": found.cycles, "classes": found.classes}
