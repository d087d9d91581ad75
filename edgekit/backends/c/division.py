"""The steps that a network can be divided into, and its best divisions: groups of layers and layers one by one.

A group (`tiles.Group`) is a run of consecutive nodes with rules of rows (`rows.Rows`) and one output, whose inner
activations nobody else reads. They then take a few rows each, and the output may grow over the input that is used up
(Lin et al., "MCUNetV2", NeurIPS 2021, execute the first layers by patches and compute their borders twice; rows
that are held instead are computed once).

Every run of nodes is tried with every stripe height, and every step with the forms that are cheapest within less and
less scratch. Dynamic programming over the first node of the next step finds the smallest possible peak, and the
cheapest division within a given one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.counts import LEVEL, UNITS, Cost, Unit, combined
from edgekit.backends.c.emission import Tile
from edgekit.backends.c.folds import folds
from edgekit.backends.c.forms import FAMILY
from edgekit.backends.c.memory import lifetimes
from edgekit.backends.c.rows import ROWS, Rows, rows_of
from edgekit.backends.c.stripes import Roll, Run, Schedule, schedule, upwards
from edgekit.backends.c.tile_forms import Forms, Picked
from edgekit.backends.c.tiles import Group, group_of, tile_of, tiles_of
from edgekit.graph import Graph
from edgekit.planner import aligned, shared_bytes

LONGEST = 12  # nodes
WORD = 4  # the optimized forms load words: rows must begin at multiples of it
ALL = 1 << 30
FINER = 1.02  # from one peak to the next that is tried
HEIGHTS = ((1, 1), (2, 2), (4, 4), (8, 8), (1, ALL), (2, ALL), (4, ALL))  # (stripe, chunk) of `schedule`
MOVED: dict[Unit, dict[str, float]] = {  # of a byte moved: the loop of roll.c as gcc compiles it
    "instructions": {"dsp": 13 / 16, "mve": 3 / 16},
    "cycles": {"dsp": 20 / 16, "mve": 4 / 16},
}
RUN: dict[Unit, float] = {"instructions": 10, "cycles": 14}  # around a call: loop, pointers


@dataclass(frozen=True)
class Candidate:
    """Nodes first..last as one step.

    Attributes:
        peak: bytes that are alive then. cost: time more than of the nodes' own calls, with what constants are
            worth. call: of a plain node. schedule, reused, shape, scratch: of a group; the most scratch of its tiles.
    """

    first: int
    last: int
    peak: int
    cost: float
    call: Call | Alias | None = None
    schedule: Schedule | None = None
    reused: str = ""
    shape: tuple[int, int] = (0, 0)
    scratch: int = 0


def around(unit: Unit, made: Schedule, row_bytes: Mapping[str, int], core: str) -> float:
    """What a group costs beside its tiles' own calls: around every call, and to move rows."""
    runs = sum(not isinstance(step, Roll) for step in made.steps)
    return RUN[unit] * runs + made.moved(row_bytes) * MOVED[unit][FAMILY.get(core, "dsp")]


def peak_of(chosen: Sequence[Candidate]) -> int:
    return max((c.peak for c in chosen), default=0)


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

    def __init__(
        self, graph: Graph, calls: Sequence[Call | Alias], core: str, level: str = LEVEL, rate: float = 0.0,
        kernels: Collection[str] | None = None, known: Search | None = None,
    ) -> None:  # fmt: skip
        self.graph, self.core = graph, core
        self.lives = lifetimes(graph)
        self.folded = folds(graph)
        forms: Forms | None = None if known is None else known.forms
        self.forms: Forms = Forms(graph, calls, core, level, self.folded, rate, kernels, forms)
        self.own = [self.forms.worth(self.forms.own(i)) for i in range(len(calls))]
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
        self.found: dict[tuple[int, int, int, int], list[Candidate]] = {}

    def cost_around(self, made: Schedule, row_bytes: Mapping[str, int]) -> Cost:
        instructions, cycles = (around(unit, made, row_bytes, self.core) for unit in UNITS)
        return combined(instructions, cycles, self.core)

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
        """The peak from `least` to `most` whose cheapest division has the smallest product of peak and time."""
        whole = sum(self.forms.own(i).cost.time for i in range(len(self.own)))
        best, limit = (float("inf"), least), least
        while limit <= max(least, most):
            chosen = self.divide(limit)
            best = min(best, (peak_of(chosen) * (whole + sum(c.cost for c in chosen)), peak_of(chosen)))
            limit = int(limit * FINER) + 1
        return best[1]

    def groups(self, c: Candidate) -> list[Group]:
        """The candidate as a group, and turned round where that can be."""
        assert c.schedule is not None
        turned = upwards(self.rules_of(c.first, c.last), self.heights, self.row_bytes, *c.shape)
        found = []
        for made in (c.schedule, turned):
            if made is not None:
                calls = self.calls_of(c.first, c.last, made, c.scratch)
                found.append(group_of(self.graph, c.first, c.last, made, self.row_bytes, c.reused, self.folded, calls))
        return found

    def calls_of(self, first: int, last: int, made: Schedule, scratch: int) -> dict[tuple[str, Tile], Call]:
        """The cheapest forms of its tiles within the scratch, or with the least."""
        found: dict[tuple[str, Tile], Call] = {}
        for i, picked in self.picked(first, last, made).items():
            within = [p for p in picked if p.scratch <= scratch] or picked[:1]
            name = self.graph.nodes[i].name
            found |= {(name, tile): call for tile, call in within[-1].calls.items()}
        return {(step.output, tile_of(step)): found[step.output, tile_of(step)] for step in made.steps
                if isinstance(step, Run)}  # fmt: skip

    def picked(self, first: int, last: int, made: Schedule) -> dict[int, list[Picked]]:
        index = {self.graph.nodes[i].name: i for i in range(first, last + 1)}
        return {index[name]: self.forms.picked(index[name], tiles) for name, tiles in tiles_of(made).items()}

    def candidates(self, first: int, last: int, limit: int | None) -> list[Candidate]:
        if first in self.folded and last == first + 1:
            shapes: tuple[tuple[int, int], ...] = ((ALL, ALL), *HEIGHTS)
        else:
            shapes = HEIGHTS[:1] if limit is None else HEIGHTS
        apart = {i for pad in self.folded for i in (pad, pad + 1)}
        found = self.alone(first) if first == last and first not in apart else []
        if self.together(first, last):
            for shape in shapes:
                found += self.group(first, last, *shape)
        return [c for c in found if limit is None or c.peak <= limit]

    def alone(self, i: int) -> list[Candidate]:
        """The node with each of its forms."""
        if (i, i, 0, 0) not in self.found:
            self.found[i, i, 0, 0] = []
            for form in self.forms.whole(i):
                node, call = self.graph.nodes[i], form.call
                indices = [call.input] if isinstance(call, Alias) else call.in_place
                dying = [n for n in (node.inputs[k] for k in indices) if n in self.lives and self.lives[n][1] == i]
                outputs = 0 if dying else sum(aligned(self.graph.tensors[n].bytes) for n in node.outputs)
                peak = self.around(i) + outputs + aligned(form.scratch)
                cost = self.forms.worth(form) - self.own[i]
                self.found[i, i, 0, 0].append(Candidate(i, i, peak, cost, call))
        return self.found[i, i, 0, 0]

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

    def rules_of(self, first: int, last: int) -> dict[str, Rows]:
        rules = {self.graph.nodes[i].name: self.rules[i] for i in range(first, last + 1)}
        return {name: rule for name, rule in rules.items() if rule is not None}

    def group(self, first: int, last: int, stripe: int, chunk: int) -> list[Candidate]:
        """The group in stripes of that shape, with fast forms and with such as need less scratch; or none."""
        key = (first, last, stripe, chunk)
        if key not in self.found:
            self.found[key] = self._group(*key)
        return self.found[key]

    def _group(self, first: int, last: int, stripe: int, chunk: int) -> list[Candidate]:
        output = self.graph.nodes[last].name
        if 1 < self.heights[output] <= stripe < ALL:
            return []
        made = schedule(self.rules_of(first, last), self.heights, self.row_bytes, stripe, chunk)
        if made is None:
            return []
        size, sizes = self.graph.tensors[output].bytes, {n: self.graph.tensors[n].bytes for n in made.lead}
        shared = {
            name: shared_bytes(size, sizes[name], lead)
            for name, lead in made.lead.items()
            if first <= self.lives[name][1] <= last
        }
        reused = max(shared, key=lambda name: shared[name], default="")
        held = sum(aligned(rows * self.row_bytes[name]) for name, rows in made.held.items())
        peak = self.around(first) + aligned(size) - shared.get(reused, 0) + held
        more = self.cost_around(made, self.row_bytes).time - sum(self.own[first : last + 1])
        picked = self.picked(first, last, made).values()
        least = max(some[0].scratch for some in picked)
        found: list[Candidate] = []
        for room in sorted({p.scratch for some in picked for p in some if p.scratch >= least}):
            cost = more + sum([p for p in some if p.scratch <= room][-1].cost for some in picked)
            found.append(Candidate(first, last, peak + aligned(room), cost, None, made, reused, (stripe, chunk), room))
        return found
