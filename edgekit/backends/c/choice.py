"""Which of the candidates computes each layer: by the cost model and the objective.

    speed   the least time, layer by layer; but a kernel that saves next to none of the model's is not worth its code,
            and where the text is more than 16 KiB (M55: 32), kernels that save the least for their size give way, for
            at most a tenth of the time
    ram     as speed; `groups` then takes other forms where they save memory
    flash   the smallest product of time and squared bytes of code and constants, at -Os: a percent less flash may cost
            two percent more time, and no more; code counts once for all layers that share a kernel

Time is `counts.Cost.time`: instructions, or a mean of them and of estimated cycles; then for `speed` and `ram` a form
beyond its layer's budget of instructions (`budget.py`) is taken only where none is within it.
Where flash is limited, forms give way to smaller ones, those first that cost the least time a byte.
A candidate without an estimate is left out where another form than the portable one has one; else the first is taken:
forms come best first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import numpy as np

from edgekit.backends.c import counts
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.counts import NOTHING, Cost

Optimize = Literal["speed", "ram", "flash"]
Calls = list[Call | Alias]
Unit = tuple[str, str]  # a file, and one of its kernels or all: ""
LEVELS: dict[Optimize, str] = {"speed": "-O3", "ram": "-O3", "flash": "-Os"}
FLASH_WORTH: dict[Optimize, float] = {"speed": 0.02, "ram": 0.1, "flash": 2}  # percent of the time, a percent
SAVED = 0.0005  # of the model's time, the least that a kernel must save
TEXT, TEXT_OF_HELIUM = 16 << 10, 32 << 10  # bytes of text at -O2
SAVED_BEYOND = 0.1  # the most that all kernels may have saved that give way where there is more text
FIXED = 700  # bytes of text beside kernels, tables and the layers' parameters and calls
A_CALL, A_FIELD = 24, 4  # bytes of text
AT_O2 = 0.45  # of the way from a kernel's size at -Os to that at -O3: 0.33 to 0.46 in whole models
CODE_UNKNOWN = 4096  # bytes of a kernel whose code was not measured: no reason to choose it


def choose(candidates: Sequence[Calls], core: str, optimize: Optimize, limit: int | None = None) -> Calls:
    """One call per node out of its candidates. `limit`: bytes of the kernels' code and all constants."""
    level = LEVELS[optimize]
    candidates = [_known(some, core, level)[0] for some in candidates]
    calls = [fastest(some, core, level) for some in candidates]
    costs = _Costs(candidates, core, level)
    calls = _fewest_bytes(calls, costs) if optimize == "flash" else _worth_their_code(calls, candidates, core, level)
    return calls if limit is None else _within(calls, costs, limit)


def fastest(candidates: Calls, core: str, level: str = counts.LEVEL) -> Call | Alias:
    """The candidate of the least time, or the first: see above."""
    known, found = _known(candidates, core, level)
    return min(zip(known, found, strict=True), key=lambda one: one[1].rank)[0]


def _known(candidates: Calls, core: str, level: str) -> tuple[Calls, list[Cost]]:
    """Those that have an estimate, and theirs; the first alone where only the portable form, the last, may have one."""
    found = [NOTHING if isinstance(c, Alias) else counts.cost(c, core, level) for c in candidates]
    if len(found) > 1 and all(cost is None for cost in found[:-1]):
        return candidates[:1], [NOTHING]
    known = [(c, cost) for c, cost in zip(candidates, found, strict=True) if cost is not None]
    return ([c for c, _ in known], [cost for _, cost in known]) if known else (candidates[:1], [NOTHING])


def _worth_their_code(calls: Calls, candidates: Sequence[Calls], core: str, level: str) -> Calls:
    """Without the kernels that save too little, the least useful first."""
    found = {id(c): counts.cost(c, core, level) for some in candidates for c in some if isinstance(c, Call)}

    def cost(call: Call | Alias) -> Cost:
        return found.get(id(call)) or NOTHING

    def time(calls: Calls) -> float:
        return sum(cost(call).time for call in calls)

    def beyond(calls: Calls) -> int:
        return sum(cost(call).beyond for call in calls)

    def text(calls: Calls) -> int:
        tables = sum(_constants(c) for c, some in zip(calls, candidates, strict=True) if not _weighted(c, some[-1]))
        return tables + text_bytes(calls, core)

    total = least = time(calls)
    limit = TEXT_OF_HELIUM if core == "cortex-m55" else TEXT
    while True:
        size, trials = text(calls), []
        for unit, trial in _without_one(calls, candidates, cost):
            after, smaller = time(trial), size - text(trial)
            useless = after - total <= SAVED * total or (size > limit and after - least <= SAVED_BEYOND * least)
            if useless and smaller > 0 and beyond(trial) <= beyond(calls):  # another kernel instead may save nothing
                trials.append(((after - total) / smaller, unit, trial))
        if not trials:
            return calls
        _, dropped, calls = min(trials, key=lambda made: made[0])
        total = time(calls)
        # Once dropped, a kernel stays so: one that gives way in its turn must not bring it back.
        candidates = [[c for c in some if not _in(c, dropped)] or some for some in candidates]


def _without_one(
    calls: Calls, candidates: Sequence[Calls], cost: Callable[[Call | Alias], Cost]
) -> Iterator[tuple[Unit, Calls]]:
    """The choices without one of the kernel files, and without one of several kernels of a file, where that can be: by
    any others, and by others of files that are used already."""

    def rank(call: Call | Alias) -> tuple[bool, float]:
        return cost(call).rank

    used = _kernels(calls)
    several = [(file, name) for file, names in sorted(used.items()) if len(names) > 1 for name in sorted(names)]
    for unit in [*((file, "") for file in sorted(used)), *several]:
        others = [[c for c in some if not _in(c, unit)] for some in candidates]
        for found in (others, [[c for c in some if _file(c) in used] for some in others]):
            if all(rest for call, rest in zip(calls, found, strict=True) if _in(call, unit)):
                yield (
                    unit,
                    [min(o, key=rank) if _in(c, unit) else c for c, o in zip(calls, found, strict=True)],
                )


def _in(call: Call | Alias, unit: Unit) -> bool:
    return isinstance(call, Call) and call.file == unit[0] and unit[1] in ("", call.kernel)


def text_bytes(calls: Calls, core: str) -> int:
    """About all flash of an inference at -O2 but constants."""

    def at_o2(file: str, kernels: frozenset[str]) -> float:
        low, high = (counts.text(file, core, level, kernels) for level in ("-Os", "-O3"))
        return CODE_UNKNOWN if low is None or high is None else low + AT_O2 * (high - low)

    called = [call for call in calls if isinstance(call, Call)]
    parameters = sum(A_CALL + A_FIELD * len(call.fields) for call in called)
    return round(FIXED + parameters + sum(at_o2(*one) for one in _kernels(calls).items()))


class _Costs:
    """Time and bytes of choices out of the candidates, and the choices next to one."""

    def __init__(self, candidates: Sequence[Calls], core: str, level: str) -> None:
        self.candidates, self.core, self.level = candidates, core, level
        calls = [call for some in candidates for call in some]
        known = [NOTHING if isinstance(c, Alias) else counts.cost(c, core, level) for c in calls]
        self.times = {id(call): (cost or NOTHING).time for call, cost in zip(calls, known, strict=True)}
        self.constants = {id(call): _constants(call) for call in calls}
        self.files = sorted(_files(calls))

    def time(self, calls: Calls) -> float:
        return sum(self.times[id(call)] for call in calls)

    def size(self, calls: Calls) -> int:
        """Bytes of the kernels' code, once, and of constants."""
        return sum(self.constants[id(call)] for call in calls) + code_bytes(calls, self.core, self.level)

    def near(self, calls: Calls, rate: float) -> Iterator[Calls]:
        """With another form of one layer, without one kernel, or with a kernel wherever it can be.

        `rate`: time that a byte of constants is worth, where several layers take another form.
        """

        def cost(call: Call | Alias) -> float:
            return self.times[id(call)] + rate * self.constants[id(call)]

        for i, some in enumerate(self.candidates):
            yield from ([*calls[:i], call, *calls[i + 1 :]] for call in some if call is not calls[i])
        for file in self.files:
            others = [[c for c in some if _file(c) != file] for some in self.candidates]
            pairs = zip(calls, others, strict=True)
            yield [min(some, key=cost) if _file(c) == file and some else c for c, some in pairs]
            same = [[c for c in some if _file(c) == file] for some in self.candidates]
            yield [min(some, key=cost) if some else c for c, some in zip(calls, same, strict=True)]


def _fewest_bytes(best: Calls, costs: _Costs) -> Calls:
    """The smallest product of time and bytes, step by step."""
    worth = FLASH_WORTH["flash"]

    def product(calls: Calls) -> float:
        return math.log(max(1.0, costs.time(calls))) + worth * math.log(max(1, costs.size(calls)))

    while True:
        rate = worth * costs.time(best) / max(1, costs.size(best))
        smallest = min(costs.near(best, rate), key=product, default=best)
        if product(smallest) >= product(best):
            return best
        best = smallest


def _within(calls: Calls, costs: _Costs, limit: int) -> Calls:
    """As small as the limit, by the least time a byte at every step; where that cannot be, the smallest."""
    while (size := costs.size(calls)) > limit:
        total = costs.time(calls)
        smaller = [trial for trial in costs.near(calls, total / size) if costs.size(trial) < size]
        if not smaller:
            return calls

        def price(trial: Calls, total: float = total, size: int = size) -> float:
            return (costs.time(trial) - total) / (size - max(limit, costs.size(trial)))

        calls = min(smaller, key=price)
    return calls


def code_bytes(calls: Iterable[Call | Alias], core: str, level: str) -> int:
    """Of the kernels' code, once for all layers that share it."""
    found = [counts.text(file, core, level, kernels) for file, kernels in _kernels(calls).items()]
    return sum(CODE_UNKNOWN if size is None else size for size in found)


def _kernels(calls: Iterable[Call | Alias]) -> dict[str, frozenset[str]]:
    """Those that are called, by file."""
    found: dict[str, set[str]] = {}
    for call in calls:
        if isinstance(call, Call):
            found.setdefault(call.file, set()).add(call.kernel)
    return {file: frozenset(kernels) for file, kernels in found.items()}


def _files(calls: Calls) -> set[str]:
    return {_file(call) for call in calls} - {""}


def _file(call: Call | Alias) -> str:
    return "" if isinstance(call, Alias) else call.file


def _weighted(call: Call | Alias, portable: Call | Alias) -> bool:
    """Whether its constants are made of weights, or of an operand that the portable form reads beside its input."""
    if isinstance(call, Alias) or isinstance(portable, Alias):
        return False
    return "weights" in portable.fields or len(call.inputs) < len(portable.inputs)


def _constants(call: Call | Alias) -> int:
    if isinstance(call, Alias):
        return 0
    return sum(value.nbytes for value in call.fields.values() if isinstance(value, np.ndarray))
