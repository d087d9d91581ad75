"""Groups of layers as calls: the tiles of a schedule, and the C that runs them with its repetitions in loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import Tile
from edgekit.backends.c.folds import Fold
from edgekit.backends.c.stripes import Roll, Run, Schedule, Step
from edgekit.graph import Graph, Node
from edgekit.planner import Overlap

PERIODS = 4  # stripes after which the same steps may come again


@dataclass(frozen=True)
class Group:
    """Consecutive nodes that are computed stripe by stripe, as one layer.

    Attributes:
        first, last: their indices. output: of the last node, the only activation that leaves the group.
        buffers: bytes of every inner activation's rows.
        row_bytes: of every activation. calls: by (output, tile).
        reused: the outer input whose memory the output may take, or "".
        nodes: by output, without pads that became borders. hidden: the outputs of those, which are nowhere.
    """

    first: int
    last: int
    output: str
    schedule: Schedule
    buffers: Mapping[str, int]
    row_bytes: Mapping[str, int]
    calls: Mapping[tuple[str, Tile], Call]
    reused: str
    nodes: Mapping[str, Node]
    hidden: frozenset[str]

    def overlap(self, graph: Graph, owner: str) -> Overlap:
        """Of the output and the memory `owner` of the reused input, which begins there."""
        lead = self.schedule.lead[self.reused]
        if not self.schedule.upwards:
            return Overlap(self.output, owner, lead)
        sizes = graph.tensors[self.reused].bytes, graph.tensors[self.output].bytes
        return Overlap(owner, self.output, sizes[0] + lead - sizes[1])

    @property
    def scratch(self) -> int:
        return max(call.scratch for call in self.calls.values())


def group_of(
    graph: Graph, first: int, last: int, schedule: Schedule, row_bytes: Mapping[str, int], reused: str,
    folded: Mapping[int, Fold], calls: Mapping[tuple[str, Tile], Call],
) -> Group:  # fmt: skip
    """The group with a call for every kind of tile. `folded`: the pads among its nodes that became borders."""
    pads = {i for i in range(first, last + 1) if i in folded}
    nodes = {graph.nodes[i].name: graph.nodes[i] for i in range(first, last + 1) if i not in pads}
    nodes |= {folded[i].node.name: folded[i].node for i in pads}
    buffers = {name: rows * row_bytes[name] for name, rows in schedule.held.items()}
    hidden = frozenset(graph.nodes[i].name for i in pads)
    output = graph.nodes[last].name
    return Group(first, last, output, schedule, buffers, row_bytes, calls, reused, nodes, hidden)


def tiles_of(schedule: Schedule) -> dict[str, Counter[Tile]]:
    """How often each tile of each output runs, in the order of the first."""
    found: dict[str, Counter[Tile]] = {}
    for step in schedule.steps:
        if isinstance(step, Run):
            found.setdefault(step.output, Counter())[tile_of(step)] += 1
    return found


def tile_of(run: Run) -> Tile:
    return Tile(run.rows, run.count, run.pad)


@dataclass(frozen=True)
class Loop:
    """`stripes` that are run `count` times.

    Attributes:
        advance: rows by which the tiles of each outer activation move from turn to turn.
    """

    stripes: tuple[tuple[Step, ...], ...]
    count: int
    advance: Mapping[str, int]


def loops(group: Group) -> list[Loop]:
    """The schedule with runs of equal stripes folded."""
    stripes, found, i = group.schedule.stripes, [], 0
    while i < len(stripes):
        best = Loop(stripes[i : i + 1], 1, {})
        for period in range(1, PERIODS + 1):
            trial = _repeated(stripes[i:], period, set(group.buffers))
            if trial is not None and trial.count * period > best.count * len(best.stripes):
                best = trial
        found.append(best)
        i += best.count * len(best.stripes)
    return found


def _repeated(stripes: Sequence[tuple[Step, ...]], period: int, inner: set[str]) -> Loop | None:
    """The first `period` stripes as often as they come again with outer tiles moved by constants."""
    block = stripes[:period]
    advance = _advance(block, stripes[period : 2 * period], inner)
    if advance is None:
        return None
    count = 2
    while _advance(stripes[(count - 1) * period : count * period], stripes[count * period : (count + 1) * period],
                   inner) == advance:  # fmt: skip
        count += 1
    return Loop(tuple(block), count, advance)


def _advance(
    one: Sequence[tuple[Step, ...]], two: Sequence[tuple[Step, ...]], inner: set[str]
) -> dict[str, int] | None:
    """How far the outer tiles of `two` are behind those of `one`; None where they differ in anything else."""
    found: dict[str, int] = {}
    if [len(stripe) for stripe in one] != [len(stripe) for stripe in two]:
        return None
    for a, b in ((a, b) for x, y in zip(one, two, strict=True) for a, b in zip(x, y, strict=True)):
        if isinstance(a, Roll) or isinstance(b, Roll):
            if a != b:
                return None
            continue
        if (a.output, tile_of(a)) != (b.output, tile_of(b)):
            return None
        places = zip([(a.output, a.at), *a.reads], [(b.output, b.at), *b.reads], strict=True)
        for (name, row), (_, other) in places:
            if found.setdefault(name, other - row) != other - row or (name in inner and other != row):
                return None
    return {name: rows for name, rows in found.items() if name not in inner}


Place = Callable[[str, str], str]


def lines_of(
    group: Group, call_lines: Callable[[str, Tile, Call, Mapping[str, str]], list[str]], offset: Callable[[str], int]
) -> list[str]:
    """C statements of the whole group.

    Args:
        call_lines: the statements of one tile, given the C text of where each of its activations begins in the arena.
        offset: where an activation or its buffer of rows begins.
    """
    lines: list[str] = []
    for loop in loops(group):
        body = []
        for step in (step for stripe in loop.stripes for step in stripe):
            if isinstance(step, Roll):
                size, at = group.row_bytes[step.name], offset(step.name)
                body.append(f"ek_roll(bytes + {at}, {step.start * size}, {step.count * size});")
                continue
            places = {
                name: _place(
                    offset(name) + row * group.row_bytes[name], loop.advance.get(name, 0) * group.row_bytes[name]
                )
                for name, row in ((step.output, step.at), *step.reads)
            }
            body += call_lines(step.output, tile_of(step), group.calls[step.output, tile_of(step)], places)
        if loop.count > 1:
            body = [f"for (int32_t i = 0; i < {loop.count}; ++i) {{", *(f"  {line}" for line in body), "}"]
        lines += body
    return lines


def _place(start: int, step: int) -> str:
    return f"{start} + {step} * i" if step else f"{start}"
