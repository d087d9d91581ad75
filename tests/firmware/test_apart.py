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


def test_the_layer_of_the_sweep() -> None:
    """25 windows inside, 20 on the edges, 4 in the corners."""
    inside = Counter(len(window(y, x)) for y, x in product(range(7), range(7)))
    assert inside == {9: 25, 6: 20, 4: 4}
    assert 170 < apart.least(inside) < 171 and 172 < apart.argued(inside) < 173  # two loads
