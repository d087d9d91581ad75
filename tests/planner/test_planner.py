"""Placement: disjoint while alive, aligned, within and above the bounds; best known answers found."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit import planner
from edgekit.planner import ALIGNMENT, Buffer, Overlap, Plan, lower_bound, plan, spread

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


@settings(max_examples=300)
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


@settings(max_examples=100)
@given(buffers(), st.sampled_from([16, 64, 100]))
def test_guards_lie_around_every_buffer(given_buffers: list[Buffer], guard: int) -> None:
    assert not problems(spread(given_buffers, guard), given_buffers, guard)


@settings(max_examples=60)
@given(buffers(most=5))
def test_few_buffers_are_placed_as_well_as_any_order_can(given_buffers: list[Buffer]) -> None:
    """Against every order of placement, tried one after the other."""
    best = min(
        max((planner._place(order)[b.name] + -(-b.size // 16) * 16 for b in order), default=0)
        for order in permutations(given_buffers)
    )
    assert plan(given_buffers).arena == best


@st.composite
def chain(draw: st.DrawFn) -> tuple[list[Buffer], list[Overlap]]:
    """A chain of activations, each written while the one before is used up, some over it, from either end."""
    sizes = draw(st.lists(st.integers(1, 200), min_size=2, max_size=6))
    buffers = [Buffer(f"b{i}", size, i - 1, i) for i, size in enumerate(sizes)]
    buffers += [Buffer(f"s{i}", draw(SIZES), i, i) for i in range(len(sizes)) if draw(st.booleans())]
    overlaps = []
    for i in range(len(sizes) - 1):
        ends = draw(st.sampled_from([(f"b{i}", f"b{i + 1}"), (f"b{i + 1}", f"b{i}")]))
        overlaps += [Overlap(*ends, draw(st.integers(-100, 150)))] if draw(st.booleans()) else []
    return buffers, overlaps


@settings(max_examples=200)
@given(chain())
def test_overlaps_keep_their_distance(given_chain: tuple[list[Buffer], list[Overlap]]) -> None:
    buffers, overlaps = given_chain
    found = plan(buffers, overlaps)
    assert lower_bound(buffers, overlaps) == found.bound <= found.arena
    for i, a in enumerate(buffers):
        for b in buffers[i + 1 :]:
            leads = [o for o in overlaps if {o.below, o.above} == {a.name, b.name}]
            apart = not problems(found, [a, b])
            assert apart or (leads and found.offsets[leads[0].above] - found.offsets[leads[0].below] >= leads[0].lead)


def test_an_output_takes_the_place_of_an_input_that_is_used_up() -> None:
    """16 bytes ahead, from below and from above; and not where the buffers meet anybody else."""
    x, y = Buffer("x", 160, 0, 1), Buffer("y", 96, 1, 2)
    assert plan([x, y]).arena == 256
    assert plan([x, y], [Overlap("y", "x", 16)]).arena == plan([x, y], [Overlap("x", "y", 160 + 16 - 96)]).arena == 176
    assert plan([x, y], [Overlap("y", "x", -64)]).arena == 160
    assert plan([x, y], [Overlap("y", "x", 1000)]).arena == 256


def test_problems_are_seen() -> None:
    pair = [Buffer("a", 16, 0, 1), Buffer("b", 16, 1, 2)]
    assert problems(Plan({"a": 0, "b": 0}, 32, 32, "wrong"), pair)
    assert problems(Plan({"a": 0, "b": 8}, 32, 32, "wrong"), pair)
    assert problems(Plan({"a": 0, "b": 16}, 31, 32, "wrong"), pair)
    assert not problems(Plan({"a": 0, "b": 16}, 32, 32, "right"), pair)
