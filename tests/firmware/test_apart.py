"""The charges that the bound of `benchmarks/apart.py` counts with, tried for all sets of windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product

from benchmarks import apart

Pixel = tuple[int, int]
VECTOR, CHANNELS, SIDE = 8, 2, 13  # pixels of a vector


def window(y: int, x: int) -> set[Pixel]:
    rows, columns = (range(max(0, 2 * at - 1), min(SIDE, 2 * at + 2)) for at in (y, x))
    return set(product(rows, columns))


def most(windows: list[set[Pixel]], held: set[Pixel]) -> int:
    """The most taps that a vector which holds some pixels has of these windows."""
    of = Counter(pixel for one in windows for pixel in one)
    others = sorted((count for pixel, count in of.items() if pixel not in held), reverse=True)
    return CHANNELS * (sum(of[pixel] for pixel in held) + sum(others[: VECTOR - len(held)]))


def sets(windows: list[set[Pixel]]) -> Iterator[list[set[Pixel]]]:
    return ([*some] for n in range(len(windows) + 1) for some in combinations(windows, n))


def test_what_a_vector_is_charged() -> None:
    """Of four by three windows: more do not meet in one vector."""
    inside = [window(y, x) for y, x in product(range(1, 5), range(1, 4))]
    assert max(most(some, set()) - 6 * len(some) for some in sets(inside)) == 12


def test_what_is_left_of_an_edge() -> None:
    edge = window(0, 3)
    inside = [window(y, x) for y, x in product((1, 2), range(1, 6))]
    assert max(most(some, edge) - 6 * len(some) for some in sets(inside)) == 4
    assert all(len(edge | window(*other)) > VECTOR for other in ((0, 2), (0, 4), (1, 0)))


def tap(at: Pixel, pixel: Pixel) -> Pixel | None:
    """Which of a window's weights a pixel meets."""
    return (pixel[0] - 2 * at[0], pixel[1] - 2 * at[1]) if pixel in window(*at) else None


def vectors(at: Pixel) -> Iterator[tuple[Counter[frozenset[Pixel | None]], Pixel | None]]:
    """Weights by which one product makes a window's sum, up to signs, and another window whose sum it begins with."""
    for other in (None, *product(range(7), range(7))):
        both = window(*at) | (window(*other) if other else set())
        if other != at and len(both) <= VECTOR:
            yield Counter(frozenset({tap(at, p), tap(other, p) if other else None}) for p in both), other


def test_edges_and_corners_have_vectors_of_their_own() -> None:
    """Two have one only where each were made of the other."""
    ways = {at: list(vectors(at)) for at in product((0, 3, 6), repeat=2) if at != (3, 3)}
    assert [len(ways[at]) for at in ((0, 0), (0, 3))] == [1 + 2 + 3, 1]
    for (one, some), (other, more) in combinations(ways.items(), 2):
        same = [(a, b) for (v, a), (w, b) in product(some, more) if v == w]
        assert all(begins == (other, one) for begins in same)


def test_the_layer_of_the_sweep() -> None:
    """25 windows inside, 20 on the edges, 4 in the corners."""
    inside = Counter(len(window(y, x)) for y, x in product(range(7), range(7)))
    assert inside == {9: 25, 6: 20, 4: 4}
    assert apart.least(inside) == 172 > 0.195 * 49 * 18  # two loads, and a part of an instruction
    assert apart.argued(inside) == 173
    assert apart.argued({9: 25, 6: 10, 4: 1}) - apart.least({9: 25, 6: 10, 4: 1}) == 2
