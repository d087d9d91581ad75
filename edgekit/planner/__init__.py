"""Placement of activations and scratch in one static arena.

Buffers that live at the same time must not overlap. The offline problem is dynamic storage allocation (NP-hard: Garey
and Johnson, problem SR2); greedy placement in a good order is nearly always optimal on networks, so several orders are
tried, then a seeded local search over orders, and the smallest arena wins. The search stops at the live-bytes lower
bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

ALIGNMENT = 16
SEARCH_STEPS = 2000


@dataclass(frozen=True)
class Buffer:
    """A block of the arena: `size` bytes, alive from step `first` to step `last`, both included."""

    name: str
    size: int
    first: int
    last: int


@dataclass(frozen=True)
class Overlap:
    """Two buffers that may share bytes although they meet, where `below` begins at least `lead` bytes before `above`.

    So it is where one is used up from an end while the other grows from there; a negative lead allows a later start.
    """

    below: str
    above: str
    lead: int


@dataclass(frozen=True)
class Plan:
    """Where every buffer lies.

    Attributes:
        offsets: byte offset by buffer name, multiples of `ALIGNMENT`.
        arena: bytes needed; bound: no placement needs fewer (largest sum of aligned sizes alive at one step).
        strategy: the order that won.
    """

    offsets: dict[str, int]
    arena: int
    bound: int
    strategy: str


def plan(buffers: Sequence[Buffer], overlaps: Sequence[Overlap] = ()) -> Plan:
    """The best placement found; deterministic."""
    bound = lower_bound(buffers, overlaps)
    leads = _leads(overlaps)
    plans = []
    for name, key in _ORDERS.items():
        offsets = _place(sorted(buffers, key=lambda b: (*key(b), b.name)), leads)
        plans.append(Plan(offsets, _extent(offsets, buffers), bound, name))
    best = min(plans, key=lambda p: p.arena)
    return best if best.arena == bound else _search(best, buffers, bound, leads)


def spread(buffers: Sequence[Buffer], guard: int) -> Plan:
    """Every buffer in a place of its own with at least `guard` bytes around it, which nobody may touch: for tests."""
    offsets, end = {}, 0
    for buffer in buffers:
        offsets[buffer.name] = end + aligned(guard)
        end = offsets[buffer.name] + aligned(buffer.size)
    return Plan(offsets, end + aligned(guard), lower_bound(buffers), "apart")


def lower_bound(buffers: Sequence[Buffer], overlaps: Sequence[Overlap] = ()) -> int:
    """The largest number of bytes alive at one step; two that may share bytes count as what they take together.

    At most one overlap a step: of several that share a buffer the bytes are not known.
    """
    steps, sizes = {b.first for b in buffers}, {b.name: b.size for b in buffers}

    def alive(step: int) -> int:
        names = {b.name for b in buffers if b.first <= step <= b.last}
        shared = [shared_bytes(sizes[o.below], sizes[o.above], o.lead) for o in overlaps if {o.below, o.above} <= names]
        return sum(aligned(sizes[name]) for name in names) - sum(shared)

    return max((alive(s) for s in steps), default=0)


def shared_bytes(below: int, above: int, lead: int) -> int:
    """Bytes that two buffers of these sizes save where they overlap as far as `Overlap` allows."""
    apart = aligned(below) + aligned(above)
    return max(0, apart - max(aligned(above) + max(aligned(lead), 0), aligned(below)))


_ORDERS: dict[str, Callable[[Buffer], tuple[int, ...]]] = {
    "largest first": lambda b: (-b.size, b.first),
    "longest-lived first": lambda b: (b.first - b.last, -b.size),
    "largest area first": lambda b: (-b.size * (b.last - b.first + 1), b.first),
    "in execution order": lambda b: (b.first, -b.size),
    "in reverse order": lambda b: (-b.last, -b.size),
}


def aligned(size: int) -> int:
    """The next multiple of `ALIGNMENT`."""
    return -(-size // ALIGNMENT) * ALIGNMENT


Leads = dict[tuple[str, str], int]


def _leads(overlaps: Sequence[Overlap]) -> Leads:
    return {(o.below, o.above): aligned(o.lead) for o in overlaps}


def _place(order: Sequence[Buffer], leads: Leads | None = None) -> dict[str, int]:
    """Each buffer at the lowest offset that is free for its whole life."""
    placed: list[tuple[int, Buffer]] = []
    offsets: dict[str, int] = {}
    for buffer in order:
        taken = sorted(_taken(buffer, other, start, leads or {}) for start, other in placed if _meet(buffer, other))
        offset = 0
        for low, high in taken:
            if low < offset < high:
                offset = high
        placed.append((offset, buffer))
        offsets[buffer.name] = offset
    return offsets


def _taken(buffer: Buffer, other: Buffer, start: int, leads: Leads) -> tuple[int, int]:
    """`buffer` may not begin strictly between these two offsets, with `other` at `start`."""
    size, end = aligned(buffer.size), start + aligned(other.size)
    if (buffer.name, other.name) in leads:
        return start - min(size, leads[buffer.name, other.name]), end
    if (other.name, buffer.name) in leads:
        return start - size, min(end, start + leads[other.name, buffer.name])
    return start - size, end


def _meet(a: Buffer, b: Buffer) -> bool:
    return a.first <= b.last and b.first <= a.last


def _search(best: Plan, buffers: Sequence[Buffer], bound: int, leads: Leads) -> Plan:
    rng = np.random.default_rng(0)
    order = sorted(buffers, key=lambda b: best.offsets[b.name])
    for _ in range(SEARCH_STEPS if len(order) > 1 else 0):
        i, j = rng.choice(len(order), 2, replace=False)
        trial = list(order)
        trial.insert(int(j), trial.pop(int(i)))
        offsets = _place(trial, leads)
        arena = _extent(offsets, buffers)
        if arena <= best.arena:
            order = trial
            if arena < best.arena:
                best = Plan(offsets, arena, bound, "local search")
        if best.arena == bound:
            break
    return best


def _extent(offsets: dict[str, int], buffers: Sequence[Buffer]) -> int:
    return max((offsets[b.name] + aligned(b.size) for b in buffers), default=0)
