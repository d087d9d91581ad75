"""Which layers run stripe by stripe, and with which forms: what a build has.

Pads become borders of their convolution always; other groups (`division`) are taken where RAM is asked for, `ram`:
of all divisions the one with the smallest product of arena, time (`counts.Cost`) and the tenth root of flash, so that
a percent less RAM is paid with at most a percent more time, or ten percent more flash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.choice import FLASH_WORTH, LEVELS, Optimize, code_bytes
from edgekit.backends.c.counts import Cost
from edgekit.backends.c.division import ALL, Search, peak_of
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.layers import constant_bytes, steps
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.tiles import Group, tiles_of
from edgekit.graph import Graph

KEPT = 8  # results
DEARER = (1, 2, 4, 8, 16, 32, 64)  # times what a byte of flash is worth
STEP = 256  # bytes by which a peak is lowered whose arena is above the limit


@dataclass(frozen=True)
class Division:
    """A network's steps: groups, and calls one by one of the nodes that are in none.

    `cost`: predicted at the objective's level; of kernels that were not measured guessed.
    """

    calls: tuple[Call | Alias, ...]
    groups: tuple[Group, ...]
    cost: Cost


def divide(
    graph: Graph, core: str, optimize: Optimize = "speed", limit: int | None = None,
    calls: Sequence[Call | Alias] | None = None, flash_limit: int | None = None,
) -> Division:  # fmt: skip
    """The division that a build has.

    Args:
        limit: bytes of arena: the cheapest division within them. Where nothing is small enough, the smallest.
        calls: of the layers one by one, chosen elsewhere.
        flash_limit: bytes of the kernels' code and all constants, before those of arena.

    Raises:
        UnsupportedError: as `calls_of`.
    """
    calls = tuple(calls_of(graph, core, optimize, flash_limit) if calls is None else calls)
    kernels = tuple((c.kernel, c.scratch) if isinstance(c, Call) else None for c in calls)
    key = (graph.fingerprint(), core, optimize, limit, flash_limit, kernels)
    if key not in _FOUND:
        while len(_FOUND) >= KEPT:
            _FOUND.pop(next(iter(_FOUND)))
        _FOUND[key] = _find(graph, calls, core, optimize, limit, flash_limit)
    return _FOUND[key]


_FOUND: dict[tuple[object, ...], Division] = {}  # a build asks again what its check has asked: seconds


def _find(
    graph: Graph, calls: tuple[Call | Alias, ...], core: str, optimize: Optimize, limit: int | None,
    flash_limit: int | None,
) -> Division:  # fmt: skip
    level, worth = LEVELS[optimize], FLASH_WORTH[optimize]
    own = frozenset(call.file for call in calls if isinstance(call, Call))
    search = Search(graph, calls, core, level, kernels=own)
    whole = [found[-1] for i in search.folded if (found := search.group(i, i + 1, ALL, ALL))]
    plain = _division(search, calls, tuple(search.groups(c)[0] for c in whole))
    arena = memory_map(graph, calls, groups=plain.groups).arena
    if (optimize != "ram" and limit is None) or (limit is not None and arena <= limit):
        return plain
    rate = worth * plain.cost.time / flash_bytes(graph, plain, core, level)
    searches: dict[tuple[frozenset[str] | None, int], Search] = {}

    def score(found: Division, peak: int) -> tuple[int, int, float]:
        flash = flash_bytes(graph, found, core, level)
        over = 0 if flash_limit is None else max(0, flash - flash_limit)
        cost = found.cost.time * flash**worth
        return (over, 0, peak * cost) if limit is None else (over, max(0, peak - limit), cost)

    def trial(kernels: frozenset[str] | None, peak: int | None, times: int) -> _Trial:
        """The best division with these kernels: for `ram`, or within a peak."""
        if (kernels, times) not in searches:
            searches[kernels, times] = Search(graph, calls, core, level, times * rate, kernels, search)
        of = searches[kernels, times]
        least = peak_of(of.divide(None))
        chosen = of.divide(of.worthwhile(least, arena) if peak is None else max(peak, least))
        made = [of.groups(c) for c in chosen if c.schedule is not None]
        alone = {c.first: c.call for c in chosen if c.call is not None}
        found = _division(of, [alone.get(i, call) for i, call in enumerate(calls)], tuple(g[0] for g in made))
        return _Trial(score(found, peak_of(chosen)), found, made, peak_of(chosen))

    def best(peak: int | None) -> _Trial:
        for times in DEARER:  # until it is as small as the flash
            found = min(trial(own, peak, times), trial(None, peak, times), key=lambda t: t.score)
            for file in sorted(_files(found.division) - own):
                found = min(found, trial(_files(found.division) - {file}, peak, times), key=lambda t: t.score)
            if found.score[0] == 0:
                break
        return found

    bound = limit
    while True:
        tried = best(bound)
        made = tried.division
        made = replace(made, groups=_directed(tried.groups, graph, made.calls))
        least = memory_map(graph, made.calls, groups=made.groups).arena
        if limit is None or least <= limit or bound is None or tried.peak > bound:
            return made if score(made, least) < score(plain, arena) else plain
        bound = tried.peak - max(least - limit, STEP)


@dataclass(frozen=True)
class _Trial:
    """A division with its peak; `groups`: each in both directions."""

    score: tuple[int, int, float]
    division: Division
    groups: list[list[Group]]
    peak: int


def _division(search: Search, calls: Sequence[Call | Alias], groups: tuple[Group, ...]) -> Division:
    parts: list[tuple[int, Cost]] = []
    for i, step in steps(calls, groups):
        if isinstance(step, Group):
            parts.append((1, search.cost_around(step.schedule, step.row_bytes)))
            for output, tiles in tiles_of(step.schedule).items():
                parts += [(times, search.forms.estimate(step.calls[output, t])) for t, times in tiles.items()]
        else:
            parts.append((1, search.forms.known(step, search.graph.nodes[i])))
    time, instructions = (sum(times * cost[k] for times, cost in parts) for k in (0, 1))
    return Division(tuple(calls), groups, Cost(time, instructions))


def _calls(division: Division) -> list[Call]:
    inside = [call for group in division.groups for call in group.calls.values()]
    return inside + [call for _, call in steps(division.calls, division.groups) if isinstance(call, Call)]


def _files(division: Division) -> frozenset[str]:
    return frozenset(call.file for call in _calls(division))


def flash_bytes(graph: Graph, division: Division, core: str, level: str) -> int:
    """Constants, and the kernels' code."""
    known = code_bytes(_calls(division), core, level)
    return max(1, known + constant_bytes(graph, division.calls, division.groups))


def price(graph: Graph, division: Division, core: str) -> dict[str, Any]:
    """What the groups save and cost, for people: facts of a build.

    Returns:
        layers: by a group's output, the nodes it computes. arena_bytes: of the build for speed.
        calls, moved_bytes: calls more in one inference, bytes moved within buffers of rows.
        instructions: predicted, more than of the build for speed.
    """
    fast, groups = divide(graph, core), division.groups
    return {
        "layers": {group.output: [n.name for n in graph.nodes[group.first : group.last + 1]] for group in groups},
        "arena_bytes": memory_map(graph, fast.calls, groups=fast.groups).arena,
        "calls": sum(len(list(group.schedule.steps)) - len(group.nodes) for group in groups),
        "moved_bytes": sum(group.schedule.moved(group.row_bytes) for group in groups),
        "instructions": round(division.cost.instructions - fast.cost.instructions),
    }


def _directed(pairs: Sequence[Sequence[Group]], graph: Graph, calls: Sequence[Call | Alias]) -> tuple[Group, ...]:
    """Which groups begin with the last rows: outputs then grow from the other end, where the arena has room.

    From every second one on, each is turned while that makes the arena smaller.
    """

    def arena(turned: Sequence[int]) -> int:
        return memory_map(graph, calls, groups=[p[t] for p, t in zip(pairs, turned, strict=True)]).arena

    trials = [[(i + k) % 2 % len(p) for i, p in enumerate(pairs)] for k in (0, 1)]
    best = min([[0] * len(pairs), *trials], key=arena)
    least = arena(best)
    for i in range(len(pairs)):
        trial = [*best[:i], (best[i] + 1) % len(pairs[i]), *best[i + 1 :]]
        if trial != best and (found := arena(trial)) < least:
            best, least = trial, found
    return tuple(p[t] for p, t in zip(pairs, best, strict=True))
