"""Fewest loads of Helium vectors of two windows with which chains of sums go on: all places, directions and loads.

Vector v has windows v and v + 1. A chain goes up or down; a step takes the next vector and makes the next window's sum,
for all chains before the next step of any. A load brings vectors of one parity next to each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

Paths = tuple[range, ...]
State = tuple[int, frozenset[int], frozenset[int]]  # steps, chains that have made the next one, vectors


def _needed(paths: Paths, steps: int, made: frozenset[int]) -> set[int]:
    return {v for chain, path in enumerate(paths) for v in path[steps + (chain in made) :]}


def _gone_on(paths: Paths, state: State) -> State:
    steps, made, held = state
    while steps < len(paths[0]):
        made = made | {chain for chain, path in enumerate(paths) if path[steps] in held}
        if len(made) < len(paths):
            break
        steps, made = steps + 1, frozenset()
    return steps, made, held & frozenset(_needed(paths, steps, made))


def _loaded(paths: Paths, state: State, registers: int) -> Iterator[State]:
    steps, made, held = state
    wanted = sorted(_needed(paths, steps, made) - held)
    for first, last in product(wanted, repeat=2):
        brought = frozenset(range(first, last + 1, 2))
        if last < first or (last - first) % 2 or len(brought) > registers:
            continue
        others, room = held - brought, registers - len(brought)
        for kept in combinations(sorted(others), min(room, len(others))):
            yield _gone_on(paths, (steps, made, brought.union(kept)))


def within(paths: Paths, registers: int, loads: int) -> bool:
    """Whether so many loads are enough, whatever vectors are there at first."""
    every = sorted(_needed(paths, 0, frozenset()))
    first = combinations(every, min(registers, len(every)))
    states = {_gone_on(paths, (0, frozenset(), frozenset(held))) for held in first}
    seen = set(states)
    for _ in range(loads):
        states = {after for state in states for after in _loaded(paths, state, registers)} - seen
        seen |= states
    return any(steps == len(paths[0]) for steps, *_ in seen)


def chains(count: int, steps: int, apart: int) -> Iterator[Paths]:
    """All up to so many vectors apart that make no window twice, nor one that another begins with."""
    for gaps, ways in product(product(range(1, apart + 1), repeat=count - 1), product((1, -1), repeat=count)):
        starts = [sum(gaps[:i]) for i in range(count)]
        paths = tuple(range(at, at + way * steps, way) for at, way in zip(starts, ways, strict=True))
        made = [v + (way > 0) for path, way in zip(paths, ways, strict=True) for v in path]
        begun = {at + (way < 0) for at, way in zip(starts, ways, strict=True)}
        if len(set(made)) == len(made) and not begun & set(made):
            yield paths
