"""Which layers run stripe by stripe: the division of a network into groups that needs the least RAM.

A group (`tiles.Group`) is a run of consecutive nodes with rules of rows (`rows.Rows`) and one output, whose inner
activations nobody else reads. They then take a few rows each, and the output may grow over the input that is used up
(Lin et al., "MCUNetV2", NeurIPS 2021, execute the first layers by patches and compute their borders twice; rows
that are held instead are computed once).

Every run of nodes is tried with every stripe height. Dynamic programming over the first node of the next group finds
the smallest possible peak; a second pass the division with the fewest additional instructions within it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgekit.backends.c import counts
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.choice import Optimize
from edgekit.backends.c.emission import Tile, call_of
from edgekit.backends.c.folds import folds
from edgekit.backends.c.forms import FAMILY
from edgekit.backends.c.layers import steps
from edgekit.backends.c.memory import lifetimes, memory_map
from edgekit.backends.c.rows import ROWS, Rows, rows_of
from edgekit.backends.c.stripes import Run, Schedule, schedule, upwards
from edgekit.backends.c.tiles import Group, group_of, tile_of
from edgekit.graph import Graph, Node
from edgekit.planner import aligned, shared_bytes

LONGEST = 12  # nodes
WORD = 4  # the optimized forms load words: rows must begin at multiples of it
ALL = 1 << 30
FINER = 1.02  # from one peak to the next that is tried
KEPT = 8  # results
GUESSED = 2  # instructions per multiply-accumulate of kernels that were not measured
STEP = 256  # bytes by which a peak is lowered whose arena is above the limit
HEIGHTS = ((1, 1), (2, 2), (4, 4), (8, 8), (1, ALL), (2, ALL), (4, ALL))  # (stripe, chunk) of `schedule`
MOVE_INSTRUCTIONS = {"dsp": 13 / 16, "mve": 3 / 16}  # of a byte moved: the loop of roll.c as gcc compiles it
RUN_INSTRUCTIONS = 10  # around a call: loop, pointers
CALL_INSTRUCTIONS = 150  # of a tile's call whose kernel was not measured


@dataclass(frozen=True)
class Candidate:
    """Nodes first..last as one step: `peak` bytes, `cost` more instructions; plain nodes have no schedule."""

    first: int
    last: int
    peak: int
    cost: float
    schedule: Schedule | None = None
    reused: str = ""
    shape: tuple[int, int] = (0, 0)


def find_groups(
    graph: Graph, calls: Sequence[Call | Alias], core: str, optimize: Optimize = "speed", limit: int | None = None
) -> tuple[Group, ...]:
    """The groups that a build has: always the pads that become borders, and those that save RAM where that is asked.

    Args:
        optimize: `ram`: of all divisions the one whose arena times instructions is smallest, so that a percent less RAM
            is paid with at most a percent more instructions.
        limit: bytes of arena: the cheapest division within them. Where nothing is small enough, the smallest.
    """
    kernels = tuple((c.kernel, c.scratch) if isinstance(c, Call) else None for c in calls)
    key = (graph.fingerprint(), core, optimize, limit, kernels)
    if key not in _FOUND:
        while len(_FOUND) >= KEPT:
            _FOUND.pop(next(iter(_FOUND)))
        _FOUND[key] = _find(graph, calls, core, optimize, limit)
    return _FOUND[key]


_FOUND: dict[tuple[object, ...], tuple[Group, ...]] = {}  # a build asks again what its check has asked: seconds


def _find(
    graph: Graph, calls: Sequence[Call | Alias], core: str, optimize: Optimize, limit: int | None
) -> tuple[Group, ...]:
    search = Search(graph, calls, core)
    borders = tuple(search.groups(c)[0] for i in search.folded if (c := search.group(i, i + 1, ALL, ALL)) is not None)
    plain = memory_map(graph, calls, groups=borders).arena
    if (optimize != "ram" and limit is None) or (limit is not None and plain <= limit):
        return borders
    least = _peak(search.divide(None))
    peak = search.worthwhile(least, plain) if limit is None else max(limit, least)
    while True:
        chosen = search.divide(peak)
        groups = _directed([search.groups(c) for c in chosen if c.schedule is not None], graph, calls)
        arena = memory_map(graph, calls, groups=groups).arena
        if limit is None or arena <= limit or peak == least:
            return groups if arena < plain else borders
        peak = max(least, peak - max(arena - limit, STEP))


def moving(count: int, core: str) -> float:
    """Instructions that move `count` bytes."""
    return count * MOVE_INSTRUCTIONS.get(FAMILY.get(core, "dsp"), 1.0)


def _peak(chosen: Sequence[Candidate]) -> int:
    return max((c.peak for c in chosen), default=0)


def price(graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group], core: str) -> dict[str, Any]:
    """What the groups save and cost, for people: facts of a build.

    Returns:
        layers: by a group's output, the nodes it computes. arena_bytes: of the fastest layers one by one.
        calls, moved_bytes: calls more in one inference, bytes moved within buffers of rows.
        instructions: predicted, more than of the fastest layers one by one.
    """
    fast = [call_of(graph, node, core) for node in graph.nodes]
    search = Search(graph, fast, core)
    cost = sum(search.cost(range(group.first, group.last + 1), group.schedule) for group in groups)
    cost += sum(
        search.known(step, graph.nodes[i]) - search.known(fast[i], graph.nodes[i])
        for i, step in steps(calls, groups)
        if not isinstance(step, Group)
    )
    return {
        "layers": {group.output: [n.name for n in graph.nodes[group.first : group.last + 1]] for group in groups},
        "arena_bytes": memory_map(graph, fast).arena,
        "calls": sum(len(list(group.schedule.steps)) - len(group.nodes) for group in groups),
        "moved_bytes": sum(group.schedule.moved(group.row_bytes) for group in groups),
        "instructions": round(cost),
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


@dataclass(frozen=True)
class _Division:
    """Of the nodes up to some one: the largest peak of its steps and all their cost."""

    peak: int
    cost: float
    steps: tuple[Candidate, ...]


def _smallest(d: _Division) -> tuple[float, float]:
    return d.peak, d.cost


def _cheapest(d: _Division) -> tuple[float, float]:
    return d.cost, d.peak


class Search:
    """All groups that a graph can have, and its best divisions."""

    def __init__(self, graph: Graph, calls: Sequence[Call | Alias], core: str) -> None:
        self.graph, self.calls, self.core = graph, calls, core
        self.lives = lifetimes(graph)
        self.folded = folds(graph)
        borders = {i + 1: fold.rows for i, fold in self.folded.items()}
        self.rules = [
            borders.get(i) or (rows_of(graph, node) if isinstance(calls[i], Call) else None)
            for i, node in enumerate(graph.nodes)
        ]
        images = [t for t in graph.activations() if len(t.shape) == 4 and t.shape[0] == 1]
        self.heights = {t.name: t.shape[ROWS] for t in images}
        self.row_bytes = {t.name: t.bytes // t.shape[ROWS] for t in images}
        word = WORD if core in FAMILY else 1
        self.straight = {name for name, size in self.row_bytes.items() if size % word == 0}
        self.tiles: dict[tuple[int, Tile], tuple[int, float]] = {}
        self.found: dict[tuple[int, int, int, int], Candidate | None] = {}

    def divide(self, limit: int | None) -> list[Candidate]:
        """The division of all nodes: of the smallest peak, or the cheapest within `limit`."""
        best: list[_Division | None] = [_Division(0, 0.0, ())]
        for last in range(len(self.graph.nodes)):
            options = [
                _Division(max(before.peak, c.peak), before.cost + c.cost, (*before.steps, c))
                for first in range(max(0, last - LONGEST + 1), last + 1)
                if (before := best[first]) is not None
                for c in self.candidates(first, last, limit)
            ]
            best.append(min(options, key=_smallest if limit is None else _cheapest) if options else None)
        return [] if best[-1] is None else list(best[-1].steps)

    def worthwhile(self, least: int, most: int) -> int:
        """The peak from `least` to `most` whose cheapest division has the smallest product of peak and instructions."""
        whole = sum(self.known(call, node) for call, node in zip(self.calls, self.graph.nodes, strict=True))
        best, limit = (float("inf"), least), least
        while limit <= max(least, most):
            chosen = self.divide(limit)
            best = min(best, (_peak(chosen) * (whole + sum(c.cost for c in chosen)), _peak(chosen)))
            limit = int(limit * FINER) + 1
        return best[1]

    def known(self, call: Call | Alias, node: Node) -> float:
        """Instructions of a call; what was not measured is guessed from the layer's size."""
        if isinstance(call, Alias):
            return 0.0
        found = counts.instructions(call, self.core)
        size = node.op.macs(self.graph.node_inputs(node), self.graph.node_outputs(node))
        return float(GUESSED * size) if found is None else found

    def groups(self, c: Candidate) -> list[Group]:
        """The candidate as a group, and turned round where that can be."""
        assert c.schedule is not None
        turned = upwards(self.rules_of(c.first, c.last), self.heights, self.row_bytes, *c.shape)
        return [
            group_of(self.graph, c.first, c.last, self.core, made, self.row_bytes, c.reused, self.folded)
            for made in (c.schedule, turned)
            if made is not None
        ]

    def candidates(self, first: int, last: int, limit: int | None) -> list[Candidate]:
        if first in self.folded and last == first + 1:
            shapes: tuple[tuple[int, int], ...] = ((ALL, ALL), *HEIGHTS)
        else:
            shapes = HEIGHTS[:1] if limit is None else HEIGHTS
        apart = {i for pad in self.folded for i in (pad, pad + 1)}
        found = [self.alone(first)] if first == last and first not in apart else []
        if self.together(first, last):
            for stripe, chunk in shapes:
                key = (first, last, stripe, chunk)
                if key not in self.found:
                    self.found[key] = self.group(*key)
                made = self.found[key]
                found += [made] if made is not None else []
        return [c for c in found if limit is None or c.peak <= limit]

    def alone(self, i: int) -> Candidate:
        node, call = self.graph.nodes[i], self.calls[i]
        indices = [call.input] if isinstance(call, Alias) else call.in_place
        dying = [n for n in (node.inputs[k] for k in indices) if n in self.lives and self.lives[n][1] == i]
        outputs = 0 if dying else sum(aligned(self.graph.tensors[n].bytes) for n in node.outputs)
        scratch = aligned(call.scratch) if isinstance(call, Call) else 0
        return Candidate(i, i, self.around(i) + outputs + scratch, 0.0)

    def around(self, i: int) -> int:
        """Bytes of what was there before node i and is read by it or later."""
        names = (name for name, (start, end) in self.lives.items() if start < i <= end)
        return sum(aligned(self.graph.tensors[name].bytes) for name in names)

    def together(self, first: int, last: int) -> bool:
        """Whether the nodes can be a group."""
        if first - 1 in self.folded or last in self.folded:  # a pad stays with its convolution
            return False
        for i in range(first, last + 1):
            rule, name = self.rules[i], self.graph.nodes[i].name
            if i in self.folded:
                continue
            if rule is None or not {name, *rule.inputs} <= self.straight:
                return False
            if i < last and not i < self.lives[name][1] <= last:
                return False
        return True

    def scratch(self, i: int, made: Schedule) -> int:
        """Most of any tile of node i."""
        name = self.graph.nodes[i].name
        tiles = {tile_of(step) for step in made.steps if isinstance(step, Run) and step.output == name}
        return max(self.tile(i, tile)[0] for tile in tiles)

    def cost(self, indices: range, made: Schedule) -> float:
        """Instructions more than those of the layers one by one."""
        index = {self.graph.nodes[i].name: i for i in indices}
        runs = Counter((step.output, tile_of(step)) for step in made.steps if isinstance(step, Run))
        more = moving(made.moved(self.row_bytes), self.core) + RUN_INSTRUCTIONS * sum(runs.values())
        more += sum(times * self.tile(index[name], tile)[1] for (name, tile), times in runs.items())
        return more - sum(self.known(self.calls[i], self.graph.nodes[i]) for i in indices)

    def tile(self, i: int, tile: Tile) -> tuple[int, float]:
        """Scratch and instructions of a tile of node i."""
        if (i, tile) not in self.tiles:
            node = self.folded[i - 1].node if i - 1 in self.folded else self.graph.nodes[i]
            call = call_of(self.graph, node, self.core, tile=tile)
            assert isinstance(call, Call)
            count = counts.instructions(call, self.core)
            if count is None:  # its share of the layer's rows, and a call
                rows = self.heights[self.graph.nodes[i].name]
                count = self.known(self.calls[i], self.graph.nodes[i]) * tile.out_rows / rows + CALL_INSTRUCTIONS
            self.tiles[i, tile] = call.scratch, count
        return self.tiles[i, tile]

    def rules_of(self, first: int, last: int) -> dict[str, Rows]:
        rules = {self.graph.nodes[i].name: self.rules[i] for i in range(first, last + 1)}
        return {name: rule for name, rule in rules.items() if rule is not None}

    def group(self, first: int, last: int, stripe: int, chunk: int) -> Candidate | None:
        output = self.graph.nodes[last].name
        if 1 < self.heights[output] <= stripe < ALL:
            return None
        rules = self.rules_of(first, last)
        made = schedule(rules, self.heights, self.row_bytes, stripe, chunk)
        if made is None:
            return None
        size, sizes = self.graph.tensors[output].bytes, {n: self.graph.tensors[n].bytes for n in made.lead}
        shared = {
            name: shared_bytes(size, sizes[name], lead)
            for name, lead in made.lead.items()
            if first <= self.lives[name][1] <= last
        }
        reused = max(shared, key=lambda name: shared[name], default="")
        held = sum(aligned(rows * self.row_bytes[name]) for name, rows in made.held.items())
        scratch = aligned(max(self.scratch(i, made) for i in range(first, last + 1) if i not in self.folded))
        peak = self.around(first) + aligned(size) - shared.get(reused, 0) + held + scratch
        cost = self.cost(range(first, last + 1), made)
        return Candidate(first, last, peak, cost, made, reused, (stripe, chunk))
