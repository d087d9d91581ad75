"""The order in which a group of layers is computed stripe by stripe, and the rows that must be held meanwhile.

Every inner activation has a buffer of a few rows. Whoever needs rows asks their producer, which asks its own; a
producer that finds no room first moves the rows that are still needed to the buffer's beginning. No row is computed
twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edgekit.backends.c.rows import Rows


@dataclass(frozen=True)
class Run:
    """`count` rows of `output`, to row `at` of its memory.

    Attributes:
        reads: (input, row of its memory where the tile begins); rows: rows of the tile.
        pad, below: rows of the window that are missing above and below the tile.
    """

    output: str
    at: int
    count: int
    reads: tuple[tuple[str, int], ...]
    rows: int
    pad: int
    below: int


@dataclass(frozen=True)
class Roll:
    """`count` rows of the buffer of `name`, from row `start` on, move to its beginning."""

    name: str
    start: int
    count: int


Step = Run | Roll


@dataclass(frozen=True)
class Schedule:
    """A group's steps.

    Attributes:
        stripes: the steps that lead to so many more rows of the output.
        held: rows of every inner activation's buffer.
        lead: by outer input: the output may lie over its memory when it begins so many bytes before it.
        upwards: the last rows come first; then the output must end so many bytes behind the input.
    """

    stripes: tuple[tuple[Step, ...], ...]
    held: Mapping[str, int]
    lead: Mapping[str, int]
    upwards: bool = False

    @property
    def steps(self) -> Iterable[Step]:
        return (step for stripe in self.stripes for step in stripe)

    def moved(self, row_bytes: Mapping[str, int]) -> int:
        """Bytes moved within buffers in one inference."""
        return sum(row_bytes[s.name] * s.count for s in self.steps if isinstance(s, Roll))


def schedule(
    rules: Mapping[str, Rows], heights: Mapping[str, int], row_bytes: Mapping[str, int], stripe: int, chunk: int
) -> Schedule | None:
    """None where a tile would have no row of the input.

    Args:
        rules: by output, in execution order; the last is the group's output, all others are read within the group.
        heights, row_bytes: of every activation. stripe: rows of the output at a time; chunk: the most of inner ones.
    """
    walk = _Walk(rules, heights, row_bytes)
    orders = walk.order(stripe, chunk)
    walk.measure(orders)
    stripes = []
    for order in orders:
        steps: list[Step] = []
        for name, a, b in order:
            made = walk.run(name, a, b)
            if made is None:
                return None
            steps += made
        stripes.append(tuple(steps))
    return Schedule(tuple(stripes), walk.held, walk.lead)


def upwards(
    rules: Mapping[str, Rows], heights: Mapping[str, int], row_bytes: Mapping[str, int], stripe: int, chunk: int
) -> Schedule | None:
    """As `schedule`, from the last rows to the first; None too where rows would have to be moved."""
    mirrored = {name: rule.mirrored(heights[rule.inputs[0]], heights[name]) for name, rule in rules.items()}
    made = schedule(mirrored, heights, row_bytes, stripe, chunk)
    if made is None or any(isinstance(step, Roll) for step in made.steps):
        return None
    sizes = {**heights, **made.held}

    def turned(run: Step) -> Run:
        assert isinstance(run, Run)
        reads = tuple((name, sizes[name] - row - run.rows) for name, row in run.reads)
        at = sizes[run.output] - run.at - run.count
        return Run(run.output, at, run.count, reads, run.rows, run.below, run.pad)

    return Schedule(tuple(tuple(map(turned, stripe)) for stripe in made.stripes), made.held, made.lead, True)


Order = list[tuple[str, int, int]]  # rows [a, b) of an activation


@dataclass
class _Walk:
    rules: Mapping[str, Rows]
    heights: Mapping[str, int]
    row_bytes: Mapping[str, int]
    done: dict[str, int] = field(default_factory=dict)  # rows computed so far
    needed: dict[str, int] = field(default_factory=dict)  # rows that will have been computed in the end
    base: dict[str, int] = field(default_factory=dict)  # the row at a buffer's beginning
    held: dict[str, int] = field(default_factory=dict)
    lead: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        *inner, self.output = self.rules
        self.readers: dict[str, list[str]] = {}
        for name, rule in self.rules.items():
            for source in rule.inputs:
                self.readers.setdefault(source, []).append(name)
        self.base = dict.fromkeys(inner, 0)

    def order(self, stripe: int, chunk: int) -> list[Order]:
        """What is computed when, every producer as late as possible."""
        self.done = dict.fromkeys(self.rules, 0)
        orders: list[Order] = []
        for end in range(stripe, self.heights[self.output] + stripe, stripe):
            orders.append([])
            self._demand(self.output, min(end, self.heights[self.output]), stripe, chunk, orders[-1])
        self.needed, self.done = self.done, dict.fromkeys(self.rules, 0)
        return orders

    def _demand(self, name: str, end: int, most: int, chunk: int, order: Order) -> None:
        while self.done[name] < end:
            a = self.done[name]
            b = min(a + most, end)
            for source in self.rules[name].inputs:
                if source in self.rules:
                    self._demand(source, min(self.rules[name].end(b), self.heights[source]), chunk, chunk, order)
            order.append((name, a, b))
            self.done[name] = b

    def measure(self, orders: list[Order]) -> None:
        """Rows to hold, and how far ahead of each outer input the output must begin."""
        self.held = dict.fromkeys(self.base, 0)
        outer = [name for name in self.readers if name not in self.rules]
        self.lead = dict.fromkeys(outer, -(1 << 40))
        for name, a, b in (step for order in orders for step in order):
            if name == self.output:  # what this run reads must survive it: kernels may read a row after writing one
                for x in (x for x in outer if self._low(x) < self.heights[x]):
                    ahead = b * self.row_bytes[name] - self._low(x) * self.row_bytes[x]
                    self.lead[x] = max(self.lead[x], ahead)
            else:
                self.held[name] = max(self.held[name], b - min(a, self._low(name)))
            self.done[name] = b
        self.done = dict.fromkeys(self.rules, 0)

    def _low(self, name: str) -> int:
        """The first row that a run still to come reads."""
        return min(
            max(0, self.rules[r].start(self.done[r])) if self.done[r] < self.needed[r] else self.heights[name]
            for r in self.readers[name]
        )

    def run(self, name: str, a: int, b: int) -> list[Step] | None:
        """The steps for rows [a, b); None where nothing of the input is in the window."""
        steps: list[Step] = []
        if name != self.output and b - self.base[name] > self.held[name]:
            low = min(a, self._low(name))
            if a > low:
                steps.append(Roll(name, low - self.base[name], a - low))
            self.base[name] = low
        rule = self.rules[name]
        height = self.heights[rule.inputs[0]]  # of all of them
        first, last = max(0, rule.start(a)), min(height, rule.end(b))
        if last <= first:
            return None
        reads = tuple((x, first - self.base.get(x, 0)) for x in rule.inputs)
        at = a - self.base.get(name, 0)
        pads = max(0, -rule.start(a)), max(0, rule.end(b) - height)
        steps.append(Run(name, at, b - a, reads, last - first, *pads))
        self.done[name] = b
        return steps
