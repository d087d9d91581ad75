"""Placement: disjoint while alive, aligned, within and above the bounds; best known answers found."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit import planner
from edgekit.planner import ALIGNMENT, Buffer, Plan, lower_bound, plan, spread

LIVES = st.tuples(st.integers(0, 12), st.integers(0, 5)).map(lambda t: (t[0], t[0] + t[1]))
SIZES = st.one_of(st.integers(1, 100), st.integers(1, 20).map(lambda n: 16 * n))


@st.composite
def buffers(draw: st.DrawFn, most: int = 14) -> list[Buffer]:
    found = []
    for i in range(draw(st.integers(0, most))):
        first, last = draw(LIVES)
        found.append(Buffer(f"b{i}", draw(SIZES), first, last))
    return found


def problems(found: Plan, given_buffers: list[Buffer], guard: int = 0) -> list[str]:
    """What is wrong with a plan, stated without the planner's code."""
    said = []
    for i, a in enumerate(given_buffers):
        start = found.offsets[a.name]
        if start % ALIGNMENT or start < guard or start + a.size > found.arena - guard:
            said.append(f"{a} at {start} of {found.arena}")
        for b in given_buffers[i + 1 :]:
            other = found.offsets[b.name]
            together = guard or any(a.first <= step <= a.last for step in range(b.first, b.last + 1))
            if together and start < other + b.size + guard and other < start + a.size + guard:
                said.append(f"{a} at {start} meets {b} at {other}")
    return said


@settings(max_examples=300, deadline=None)
@given(buffers())
def test_plans_are_right(given_buffers: list[Buffer]) -> None:
    found = plan(given_buffers)
    assert not problems(found, given_buffers)
    assert found.bound == lower_bound(given_buffers) <= found.arena
    alive = [
        sum(-(-b.size // ALIGNMENT) * ALIGNMENT for b in given_buffers if b.first <= s <= b.last) for s in range(20)
    ]
    assert found.bound == max(alive)
    assert plan(given_buffers) == found


@settings(max_examples=100, deadline=None)
@given(buffers(), st.sampled_from([16, 64, 100]))
def test_guards_lie_around_every_buffer(given_buffers: list[Buffer], guard: int) -> None:
    assert not problems(spread(given_buffers, guard), given_buffers, guard)


@settings(max_examples=60, deadline=None)
@given(buffers(most=5))
def test_few_buffers_are_placed_as_well_as_any_order_can(given_buffers: list[Buffer]) -> None:
    """Against every order of placement, tried one after the other."""
    best = min(
        max((planner._place(order)[b.name] + -(-b.size // 16) * 16 for b in order), default=0)
        for order in permutations(given_buffers)
    )
    assert plan(given_buffers).arena == best


def test_problems_are_seen() -> None:
    pair = [Buffer("a", 16, 0, 1), Buffer("b", 16, 1, 2)]
    assert problems(Plan({"a": 0, "b": 0}, 32, 32, "wrong"), pair)
    assert problems(Plan({"a": 0, "b": 8}, 32, 32, "wrong"), pair)
    assert problems(Plan({"a": 0, "b": 16}, 31, 32, "wrong"), pair)
    assert not problems(Plan({"a": 0, "b": 16}, 32, 32, "right"), pair)
