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


def plan(buffers: Sequence[Buffer]) -> Plan:
    """The best placement found; deterministic."""
    bound = lower_bound(buffers)
    plans = []
    for name, key in _ORDERS.items():
        offsets = _place(sorted(buffers, key=lambda b: (*key(b), b.name)))
        plans.append(Plan(offsets, _extent(offsets, buffers), bound, name))
    best = min(plans, key=lambda p: p.arena)
    return best if best.arena == bound else _search(best, buffers, bound)


def spread(buffers: Sequence[Buffer], guard: int) -> Plan:
    """Every buffer in a place of its own with at least `guard` bytes around it, which nobody may touch: for tests."""
    offsets, end = {}, 0
    for buffer in buffers:
        offsets[buffer.name] = end + _aligned(guard)
        end = offsets[buffer.name] + _aligned(buffer.size)
    return Plan(offsets, end + _aligned(guard), lower_bound(buffers), "apart")


def lower_bound(buffers: Sequence[Buffer]) -> int:
    """The largest number of bytes alive at one step."""
    steps = {b.first for b in buffers}
    return max((sum(_aligned(b.size) for b in buffers if b.first <= s <= b.last) for s in steps), default=0)


_ORDERS: dict[str, Callable[[Buffer], tuple[int, ...]]] = {
    "largest first": lambda b: (-b.size, b.first),
    "longest-lived first": lambda b: (b.first - b.last, -b.size),
    "largest area first": lambda b: (-b.size * (b.last - b.first + 1), b.first),
    "in execution order": lambda b: (b.first, -b.size),
    "in reverse order": lambda b: (-b.last, -b.size),
}


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _place(order: Sequence[Buffer]) -> dict[str, int]:
    """Each buffer at the lowest offset that is free for its whole life."""
    placed: list[tuple[int, Buffer]] = []
    offsets: dict[str, int] = {}
    for buffer in order:
        offset = 0
        for start, other in sorted((p for p in placed if _meet(buffer, p[1])), key=lambda p: p[0]):
            if start - offset >= _aligned(buffer.size):
                break
            offset = max(offset, start + _aligned(other.size))
        placed.append((offset, buffer))
        offsets[buffer.name] = offset
    return offsets


def _meet(a: Buffer, b: Buffer) -> bool:
    return a.first <= b.last and b.first <= a.last


def _search(best: Plan, buffers: Sequence[Buffer], bound: int) -> Plan:
    rng = np.random.default_rng(0)
    order = sorted(buffers, key=lambda b: best.offsets[b.name])
    for _ in range(SEARCH_STEPS if len(order) > 1 else 0):
        i, j = rng.choice(len(order), 2, replace=False)
        trial = list(order)
        trial.insert(int(j), trial.pop(int(i)))
        offsets = _place(trial)
        arena = _extent(offsets, buffers)
        if arena <= best.arena:
            order = trial
            if arena < best.arena:
                best = Plan(offsets, arena, bound, "local search")
        if best.arena == bound:
            break
    return best


def _extent(offsets: dict[str, int], buffers: Sequence[Buffer]) -> int:
    return max((offsets[b.name] + _aligned(b.size) for b in buffers), default=0)
