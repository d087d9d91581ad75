"""Which of the candidates computes each layer: by the cost model and the objective.

    speed   the fewest instructions, layer by layer
    ram     the smallest arena, then the fewest instructions that leave it as small
    flash   the fewest bytes of code and constants, at -Os: code counts once for all layers that share a kernel

For ram and flash no layer may take more than `LITTLE` of the whole model's instructions more than its fastest form.
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
LITTLE = 0.02
CODE_UNKNOWN = 4096  # bytes of a kernel whose code was not measured: no reason to choose it


def choose(graph: Graph, candidates: Sequence[Calls], core: str, optimize: Optimize) -> Calls:
    """One call per node out of its candidates."""
    level = LEVELS[optimize]
    if optimize == "speed":
        return [fastest(some, core, level) for some in candidates]
    candidates = _affordable(candidates, core, level)
    return _smallest_arena(graph, candidates, core) if optimize == "ram" else _fewest_bytes(candidates, core)


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


def _affordable(candidates: Sequence[Calls], core: str, level: str) -> list[Calls]:
    """Without those that take much longer than the fastest; the first of each alone where something is not known."""
    found = [_instructions(some, core, level) for some in candidates]
    single = [some[0] for some in candidates if len(some) == 1]
    others = [counts.instructions(c, core, level) for c in single if isinstance(c, Call)]
    most = LITTLE * (sum(min(some) for some in found if some) + sum(filter(None, others)))
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


def _fewest_bytes(candidates: Sequence[Calls], core: str) -> Calls:
    """One kernel file after the other is left out while the bytes of the whole shrink."""

    def chosen(files: set[str]) -> Calls | None:
        left = [[c for c in some if _file(c) in files] for some in candidates]
        return [min(some, key=_constants) for some in left] if all(left) else None

    def total(files: set[str]) -> float:
        calls = chosen(files)
        if calls is None:
            return float("inf")
        sizes = [counts.text(file, core, LEVELS["flash"]) for file in {_file(c) for c in calls} - {""}]
        return sum(map(_constants, calls)) + sum(CODE_UNKNOWN if size is None else size for size in sizes)

    files = {_file(c) for some in candidates for c in some}
    while True:
        trials = {file: total(files - {file}) for file in sorted(files)}
        worst = min(trials, key=lambda file: trials[file], default="")
        if not trials or trials[worst] > total(files):
            return chosen(files) or []
        files = files - {worst}


def _file(call: Call | Alias) -> str:
    return "" if isinstance(call, Alias) else call.file


def _scratch(call: Call | Alias) -> int:
    return 0 if isinstance(call, Alias) else call.scratch


def _constants(call: Call | Alias) -> int:
    if isinstance(call, Alias):
        return 0
    return sum(value.nbytes for value in call.fields.values() if isinstance(value, np.ndarray))
