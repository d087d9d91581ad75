"""Which of the candidates computes each layer: by the cost model and the objective.

    speed   the fewest instructions, layer by layer; but a kernel that saves next to none of the model's is not worth
            its code, nor is one that saves few where all kernels take more than 16 KiB
    ram     the smallest arena, then the fewest instructions that leave it as small
    flash   the fewest bytes of code and constants, at -Os: code counts once for all layers that share a kernel

A layer may take at most `ram` 2 %, `flash` 25 % of the whole model's instructions more than its fastest form, and for
flash the model at most twice its instructions.
Where a candidate has no estimate, the first one is taken: forms come best first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from edgekit.backends.c import counts
from edgekit.backends.c.call import Alias, Call
from edgekit.graph import Graph

Optimize = Literal["speed", "ram", "flash"]
Calls = list[Call | Alias]
LEVELS: dict[Optimize, str] = {"speed": "-O3", "ram": "-O3", "flash": "-Os"}
MORE: dict[Optimize, float] = {"ram": 0.02, "flash": 0.25}  # of the model's instructions, for one layer
SLOWEST = 2.0  # times the fastest, the whole model for flash
SAVED = 0.0005  # of the model's instructions, the least that a kernel must save
CODE, SAVED_BEYOND = 16 << 10, 0.01  # bytes of all kernels; the least that one must save where they are more
CODE_UNKNOWN = 4096  # bytes of a kernel whose code was not measured: no reason to choose it


def choose(graph: Graph, candidates: Sequence[Calls], core: str, optimize: Optimize) -> Calls:
    """One call per node out of its candidates."""
    level = LEVELS[optimize]
    if optimize == "speed":
        return _worth_their_code([fastest(some, core, level) for some in candidates], candidates, core, level)
    candidates = _affordable(candidates, core, level, MORE[optimize])
    return _smallest_arena(graph, candidates, core) if optimize == "ram" else _fewest_bytes(candidates, core, level)


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
    """Without the kernels that save too little, the least useful first; as it is where something is not known."""
    found = {
        id(c): counts.instructions(c, core, level) if isinstance(c, Call) else 0.0 for some in candidates for c in some
    }

    def cost(call: Call | Alias) -> float:
        return found[id(call)] or 0.0

    if None in found.values():
        return calls
    total = sum(map(cost, calls))
    while True:
        used, trials = {_file(c) for c in calls} - {""}, []
        for file in sorted(used):
            others = [[c for c in some if _file(c) != file] for some in candidates]
            if all(rest for call, rest in zip(calls, others, strict=True) if _file(call) == file):
                trial = [min(o, key=cost) if _file(c) == file else c for c, o in zip(calls, others, strict=True)]
                if {_file(c) for c in trial} - {""} < used:  # another kernel instead would save no code
                    trials.append((sum(map(cost, trial)) - total, trial))
        if not trials:
            return calls
        code = sum(counts.text(file, core, level) or 0 for file in used)
        lost, trial = min(trials, key=lambda made: made[0])
        if lost > (SAVED_BEYOND if code > CODE else SAVED) * total:
            return calls
        calls, total = trial, total + lost


def _affordable(candidates: Sequence[Calls], core: str, level: str, more: float) -> list[Calls]:
    """Without those that take much longer than the fastest; the first of each alone where something is not known."""
    found = [_instructions(some, core, level) for some in candidates]
    single = [some[0] for some in candidates if len(some) == 1]
    others = [counts.instructions(c, core, level) for c in single if isinstance(c, Call)]
    most = more * (sum(min(some) for some in found if some) + sum(filter(None, others)))
    return [
        [c for c, count in zip(some, known, strict=True) if count <= min(known) + most] if known else some[:1]
        for some, known in zip(candidates, found, strict=True)
    ]


def _smallest_arena(graph: Graph, candidates: Sequence[Calls], core: str) -> Calls:
    """From the least scratch everywhere to the fastest candidates that leave the arena as small."""
    from edgekit.backends.c.memory import memory_map  # which needs the calls of tiles

    chosen = [min(some, key=_scratch) for some in candidates]
    least = memory_map(graph, chosen).arena
    for i, some in enumerate(candidates):
        quick = fastest(some, core)
        if quick is not chosen[i]:
            trial = [*chosen[:i], quick, *chosen[i + 1 :]]
            if memory_map(graph, trial).arena <= least:
                chosen = trial
    return chosen


def _fewest_bytes(candidates: Sequence[Calls], core: str, level: str) -> Calls:
    """From the fastest on, one layer, or all layers of a kernel, take another form while that saves bytes."""
    found = {id(c): counts.instructions(c, core, level) for some in candidates for c in some if isinstance(c, Call)}

    def instructions(calls: Calls) -> float:
        return sum(found.get(id(c)) or 0.0 for c in calls)

    def size(calls: Calls) -> int:
        code = [counts.text(file, core, level) for file in {_file(c) for c in calls} - {""}]
        return sum(map(_constants, calls)) + sum(CODE_UNKNOWN if n is None else n for n in code)

    def without(file: str) -> Calls:
        others = [[c for c in some if _file(c) != file] for some in candidates]
        pairs = zip(best, others, strict=True)
        return [min(some, key=_constants) if _file(c) == file and some else c for c, some in pairs]

    best = [fastest(some, core, level) for some in candidates]
    most = SLOWEST * instructions(best)
    while True:
        trials = [[*best[:i], c, *best[i + 1 :]] for i, some in enumerate(candidates) for c in some]
        trials += [without(file) for file in sorted({_file(c) for c in best})]
        smallest = min((t for t in trials if instructions(t) <= most), key=size, default=best)
        if size(smallest) >= size(best):
            return best
        best = smallest


def _file(call: Call | Alias) -> str:
    return "" if isinstance(call, Alias) else call.file


def _scratch(call: Call | Alias) -> int:
    return 0 if isinstance(call, Alias) else call.scratch


def _constants(call: Call | Alias) -> int:
    if isinstance(call, Alias):
        return 0
    return sum(value.nbytes for value in call.fields.values() if isinstance(value, np.ndarray))
