"""Which of the candidates computes each layer: by the cost model and the objective.

    speed   the fewest instructions, layer by layer; but a kernel that saves next to none of the model's is not worth
            its code, and where the text is more than 16 KiB, the kernels that save the least give way to smaller ones
    ram     as speed; `groups` then takes other forms where they save memory
    flash   the smallest product of instructions and squared bytes of code and constants, at -Os: a percent less flash
            may cost two percent more instructions, and no more; code counts once for all layers that share a kernel

Where a candidate of a layer has no estimate, the first one is taken: forms come best first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from edgekit.backends.c import counts
from edgekit.backends.c.call import Alias, Call

Optimize = Literal["speed", "ram", "flash"]
Calls = list[Call | Alias]
LEVELS: dict[Optimize, str] = {"speed": "-O3", "ram": "-O3", "flash": "-Os"}
FLASH_WORTH: dict[Optimize, float] = {"speed": 0.02, "ram": 0.1, "flash": 2}  # percent of the instructions, a percent
SAVED = 0.0005  # of the model's instructions, the least that a kernel must save
TEXT, SAVED_BEYOND = 16 << 10, 0.01  # bytes of text at -O2; the least that a kernel must save where it is more
FIXED = 700  # bytes of text beside kernels, tables and the layers' parameters and calls
A_CALL, A_FIELD = 24, 4  # bytes of text
AT_O2 = 0.45  # of the way from a kernel's size at -Os to that at -O3: 0.33 to 0.46 in whole models
CODE_UNKNOWN = 4096  # bytes of a kernel whose code was not measured: no reason to choose it


def choose(candidates: Sequence[Calls], core: str, optimize: Optimize) -> Calls:
    """One call per node out of its candidates."""
    level = LEVELS[optimize]
    candidates = [some if _instructions(some, core, level) is not None else some[:1] for some in candidates]
    if optimize == "flash":
        return _fewest_bytes(candidates, core, level)
    return _worth_their_code([fastest(some, core, level) for some in candidates], candidates, core, level)


def fastest(candidates: Calls, core: str, level: str = counts.LEVEL) -> Call | Alias:
    """The candidate of the fewest instructions; the first where one of them has no estimate."""
    found = _instructions(candidates, core, level)
    return candidates[0] if found is None else candidates[found.index(min(found))]


def _instructions(candidates: Calls, core: str, level: str) -> list[float] | None:
    """Of every candidate; None where one has no estimate. There is nothing to estimate about a single one."""
    if len(candidates) == 1:
        return [0.0]
    found = [0.0 if isinstance(c, Alias) else counts.instructions(c, core, level) for c in candidates]
    known = [count for count in found if count is not None]
    return known if len(known) == len(found) else None


def _worth_their_code(calls: Calls, candidates: Sequence[Calls], core: str, level: str) -> Calls:
    """Without the kernels that save too little, the least useful first."""
    found = {
        id(c): counts.instructions(c, core, level) if isinstance(c, Call) else 0.0 for some in candidates for c in some
    }

    def cost(call: Call | Alias) -> float:
        return found[id(call)] or 0.0

    def text(calls: Calls) -> int:
        tables = sum(_constants(c) for c, some in zip(calls, candidates, strict=True) if not _weighted(some[-1]))
        return tables + text_bytes(calls, core)

    total = sum(map(cost, calls))
    while True:
        used, size, trials = _files(calls), text(calls), []
        for file in sorted(used):
            others = [[c for c in some if _file(c) != file] for some in candidates]
            if all(rest for call, rest in zip(calls, others, strict=True) if _file(call) == file):
                trial = [min(o, key=cost) if _file(c) == file else c for c, o in zip(calls, others, strict=True)]
                lost = sum(map(cost, trial)) - total
                useless = _files(trial) < used and lost <= SAVED * total  # another kernel instead saves no code
                if useless or (size > TEXT and text(trial) < size and lost <= SAVED_BEYOND * total):
                    trials.append((lost, trial))
        if not trials:
            return calls
        lost, calls = min(trials, key=lambda made: made[0])
        total += lost


def text_bytes(calls: Calls, core: str) -> int:
    """About all flash of an inference at -O2 but constants."""

    def at_o2(file: str) -> float:
        low, high = counts.text(file, core, "-Os"), counts.text(file, core, "-O3")
        return CODE_UNKNOWN if low is None or high is None else low + AT_O2 * (high - low)

    called = [call for call in calls if isinstance(call, Call)]
    parameters = sum(A_CALL + A_FIELD * len(call.fields) for call in called)
    return round(FIXED + parameters + sum(map(at_o2, _files(calls))))


def _fewest_bytes(candidates: Sequence[Calls], core: str, level: str) -> Calls:
    """From the fastest on, one layer, all layers of a kernel, or all that a kernel can take change form while that
    makes the product smaller."""
    found = {id(c): counts.instructions(c, core, level) for some in candidates for c in some if isinstance(c, Call)}
    constants = {id(c): _constants(c) for some in candidates for c in some}

    def size(calls: Calls) -> int:
        code = [counts.text(file, core, level) for file in _files(calls)]
        return sum(constants[id(c)] for c in calls) + sum(CODE_UNKNOWN if n is None else n for n in code)

    def product(calls: Calls) -> float:
        instructions = sum(found.get(id(c)) or 0.0 for c in calls)
        return math.log(max(1.0, instructions)) + FLASH_WORTH["flash"] * math.log(max(1, size(calls)))

    def own(call: Call | Alias) -> float:
        """Of one layer, the code aside."""
        rate = FLASH_WORTH["flash"] * total / max(1, bytes_)
        return (found.get(id(call)) or 0.0) + rate * constants[id(call)]

    def without(file: str) -> Calls:
        others = [[c for c in some if _file(c) != file] for some in candidates]
        pairs = zip(best, others, strict=True)
        return [min(some, key=own) if _file(c) == file and some else c for c, some in pairs]

    def wherever(file: str) -> Calls:
        others = [[c for c in some if _file(c) == file] for some in candidates]
        return [min(some, key=own) if some else c for c, some in zip(best, others, strict=True)]

    best = [fastest(some, core, level) for some in candidates]
    files = sorted({_file(c) for some in candidates for c in some} - {""})
    while True:
        total, bytes_ = sum(found.get(id(c)) or 0.0 for c in best), size(best)
        trials = [[*best[:i], c, *best[i + 1 :]] for i, some in enumerate(candidates) for c in some]
        trials += [make(file) for file in files for make in (without, wherever)]
        smallest = min(trials, key=product, default=best)
        if product(smallest) >= product(best):
            return best
        best = smallest


def _files(calls: Calls) -> set[str]:
    return {_file(call) for call in calls} - {""}


def _file(call: Call | Alias) -> str:
    return "" if isinstance(call, Alias) else call.file


def _weighted(portable: Call | Alias) -> bool:
    return isinstance(portable, Call) and "weights" in portable.fields


def _constants(call: Call | Alias) -> int:
    if isinstance(call, Alias):
        return 0
    return sum(value.nbytes for value in call.fields.values() if isinstance(value, np.ndarray))
