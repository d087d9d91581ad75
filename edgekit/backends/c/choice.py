"""Which of the candidates computes each layer: by the cost model and the objective.

    speed   the fewest instructions, layer by layer
    ram     the smallest arena, then the fewest instructions that leave it as small
    flash   the fewest bytes of code and constants: code counts once for all layers that share a kernel, and -Os

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


def choose(graph: Graph, candidates: Sequence[Calls], core: str, optimize: Optimize) -> Calls:
    """One call per node out of its candidates."""
    level = LEVELS[optimize]
    if optimize == "flash":
        allowed = _fewest_bytes(candidates, core)
        candidates = [[c for c in some if _file(c) in allowed] for some in candidates]
        return [min(some, key=_constants) for some in candidates]
    chosen = [fastest(some, core, level) for some in candidates]
    return _smallest_arena(graph, candidates, chosen, core) if optimize == "ram" else chosen


def fastest(candidates: Calls, core: str, level: str = counts.LEVEL) -> Call | Alias:
    """The candidate of the fewest instructions; the first where one of them has no estimate."""
    if len(candidates) == 1:
        return candidates[0]
    found = [0.0 if isinstance(c, Alias) else counts.instructions(c, core, level) for c in candidates]
    known = [count for count in found if count is not None]
    return candidates[found.index(min(known))] if len(known) == len(found) else candidates[0]


def _smallest_arena(graph: Graph, candidates: Sequence[Calls], fast: Calls, core: str) -> Calls:
    """From the least scratch everywhere to the fastest candidates that leave the arena as small."""
    from edgekit.backends.c.memory import memory_map  # which needs the calls of tiles

    chosen = [min(some, key=_scratch) for some in candidates]
    least = memory_map(graph, chosen).arena
    for i, quick in enumerate(fast):
        if quick is not chosen[i]:
            trial = [*chosen[:i], quick, *chosen[i + 1 :]]
            if memory_map(graph, trial).arena <= least:
                chosen = trial
    return chosen


def _fewest_bytes(candidates: Sequence[Calls], core: str) -> set[str]:
    """The kernel files to use: one after the other is left out while the bytes of the whole shrink."""
    files = {_file(c) for some in candidates for c in some}

    def total(kept: set[str]) -> float:
        left = [[c for c in some if _file(c) in kept] for some in candidates]
        if not all(left):
            return float("inf")
        best = [min(some, key=_constants) for some in left]
        used = {_file(c) for c in best} - {""}
        sizes = [counts.text(file, core, LEVELS["flash"]) for file in used]
        return sum(map(_constants, best)) + sum(CODE_UNKNOWN if size is None else size for size in sizes)

    while True:
        trials = {file: total(files - {file}) for file in sorted(files)}
        worst = min(trials, key=lambda file: trials[file], default="")
        if not trials or trials[worst] > total(files):
            return files
        files = files - {worst}


CODE_UNKNOWN = 4096  # bytes of a kernel whose code was not measured: no reason to choose it


def _file(call: Call | Alias) -> str:
    return "" if isinstance(call, Alias) else call.file


def _scratch(call: Call | Alias) -> int:
    return 0 if isinstance(call, Alias) else call.scratch


def _constants(call: Call | Alias) -> int:
    if isinstance(call, Alias):
        return 0
    return sum(value.nbytes for value in call.fields.values() if isinstance(value, np.ndarray))
