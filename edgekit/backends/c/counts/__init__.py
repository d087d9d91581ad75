"""What a call costs: instructions and estimated cycles, linear functions of features of its fields, fitted to counts.

A kernel file of `firmware/src/` has its features in `<file>.py` (`features(fields) -> dict[str, float]`: how often each
part of the kernel runs; among the fields is `kernel`, the function) and its coefficients, fitted per core and level of
optimization by `python -m ci.fit_counts`, in `<file>.toml`. A kernel without both has no estimate; nothing is guessed.

`<file>.toml` has the fingerprint of the sources that were measured, and by core that of the table of costs; a test says
when they have changed since.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from edgekit import plugins
from edgekit.backends.c.call import Call
from edgekit.backends.c.cycles import costs_of

HERE = Path(__file__).resolve().parent
LEVEL = "-O3"
PLACE = 2  # instructions by which a call varies with its place in the program
Unit = Literal["instructions", "cycles"]
UNITS: tuple[Unit, Unit] = ("instructions", "cycles")
_INCLUDE = re.compile(r'#include "(edgekit/[^"]+)"')


class Cost(NamedTuple):
    """What choices compare, and the instructions in it.

    Attributes:
        time: instructions, or where cycles count (`ranked`) the geometric mean of instructions, once, and estimated
            cycles, twice: 2 percent more instructions are paid for 1 percent fewer cycles. Cycles alone would trust a
            model that knows no stalls, where instructions are exact.
        beyond: whether cycles count and the call takes more instructions than its budget.
    """

    time: float
    instructions: float
    beyond: bool = False

    @property
    def rank(self) -> tuple[bool, float]:
        """The form of a layer with the lowest is taken."""
        return self.beyond, self.time


NOTHING = Cost(0.0, 0.0)


def features(call: Call) -> dict[str, float] | None:
    """How often each part of the call's kernel runs; None where nobody has written it down."""
    module = plugins.module(__name__, call.file)
    if module is None:
        return None
    found: dict[str, float] = module.features({**call.fields, "kernel": call.kernel})
    return found


@cache
def measured(file: str) -> Mapping[str, Any]:
    """The kernel file's data: `fingerprint`; by core `costs`, fingerprints; by level and core `text`, `linked` (text by
    kernel), `both` (by two of them), `instructions` and `cycles`.

    Empty where there is none.
    """
    path = HERE / f"{file}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def instructions(call: Call, core: str, level: str = LEVEL) -> float | None:
    """Executed instructions of the call on a core; None where there is no estimate.

    That is also so where a part of the kernel runs that ran in none of the layers that were measured (`unseen`).
    """
    return _predicted("instructions", call, core, level)


def cycles(call: Call, core: str, level: str = LEVEL) -> float | None:
    """Likewise estimated cycles."""
    return _predicted("cycles", call, core, level)


def _predicted(unit: Unit, call: Call, core: str, level: str) -> float | None:
    of_kernel = measured(call.file).get(unit, {}).get(level, {}).get(core, {}).get(call.kernel)
    counted = features(call)
    if of_kernel is None or counted is None or any(counted.get(name) for name in of_kernel.get("unseen", ())):
        return None
    return float(sum(v * counted.get(name, 0) for name, v in of_kernel.items() if name != "unseen"))


@cache
def ranked(core: str) -> bool:
    """Whether cycles count in choices: where the core's table of costs says so."""
    costs = costs_of(core)
    return costs is not None and costs.ranks


def has_cycles(core: str, level: str) -> bool:
    """Whether cycles are fitted: at -O3 by every table of costs, at other levels where choices need them."""
    return ranked(core) or (level == LEVEL and costs_of(core) is not None)


def combined(instructions: float, cycles: float, core: str) -> Cost:
    """What a choice compares, of both."""
    return Cost((cycles**2 * instructions) ** (1 / 3) if ranked(core) else instructions, instructions)


def cost(call: Call, core: str, level: str = LEVEL) -> Cost | None:
    """None where instructions, or cycles that count, are not known: neither stands for the other."""
    number = instructions(call, core, level)
    time = cycles(call, core, level) if ranked(core) else number
    if number is None or time is None:
        return None
    return combined(number, time, core)._replace(beyond=ranked(core) and number > call.budget + PLACE)


@cache
def text(file: str, core: str, level: str = LEVEL, kernels: frozenset[str] = frozenset()) -> int | None:
    """Bytes of a kernel file's code, or of what these kernels of it link; None where it was not measured.

    What two of them both link counts once, where that was measured.
    """
    found = measured(file)
    size: int | None = found.get("text", {}).get(level, {}).get(core)
    linked: dict[str, int] = found.get("linked", {}).get(level, {}).get(core, {})
    if size is None or not kernels:
        return size
    both: dict[str, int] = found.get("both", {}).get(level, {}).get(core, {})
    total, before = 0, list[str]()
    for name in sorted(kernels):
        own = linked.get(name, size)
        pairs = [(linked.get(other, size), both.get(f"{other}+{name}")) for other in before]
        total += own - max((own + of - pair for of, pair in pairs if pair is not None), default=0)
        before.append(name)
    return min(size, total)


def fingerprint(file: str) -> str:
    """16 hex digits over what the coefficients depend on: the kernel's C and the headers it includes, without comments
    and spaces, and its features."""
    from edgekit.backends.c.project import firmware_folder

    root = firmware_folder()
    pending, seen = [root / "src" / f"{file}.c"], []
    while pending:
        path = pending.pop()
        if path not in seen and path.is_file():
            seen.append(path)
            pending += [root / "include" / name for name in _INCLUDE.findall(path.read_text("utf-8"))]
    found = hashlib.sha256()
    for path in sorted(seen):
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        found.update(path.name.encode() + b"\0" + "".join(text.split()).encode() + b"\0")
    module = HERE / f"{file}.py"
    found.update(module.read_bytes() if module.is_file() else b"")
    return found.hexdigest()[:16]
