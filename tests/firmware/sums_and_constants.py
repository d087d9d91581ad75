"""How many vectors of sums come to Helium's registers by a load, at most, where constants must be there too.

All states: what registers hold are second multipliers of each kind, places of a store, sums of each kind that wait,
requantized ones (a pair in one register, four in one), pixels or filters that stay. A load brings sums; or constants;
or constants with filters, which costs a sixteenth less for each product that becomes possible with the pixels that
stayed. A group of vectors is stored beside its places, or without them, where it has as many of each kind as outputs
that follow each other.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

REGISTERS, FOUR, PRODUCTS = 8, 4, 16
Counts = tuple[int, ...]
Held = tuple[int, int, Counts, Counts]  # kinds of multipliers as bits, places, sums, requantized
State = tuple[Held, int]
Edges = NDArray[np.float64]


def _taken(held: Held) -> int:
    kinds, places, sums, done = held
    fours, rest = divmod(sum(done), FOUR)
    return kinds.bit_count() + places + sum(sums) + fours + (0, 1, 1, 2)[rest]


def _gone_on(held: Held, group: Counts) -> list[Held]:
    """What may be there when sums have met their multipliers and groups are stored, or not yet."""
    kinds, places, sums, done = held
    met = [n if kinds >> i & 1 else 0 for i, n in enumerate(sums)]
    first = (
        kinds,
        places,
        tuple(n - m for n, m in zip(sums, met, strict=True)),
        tuple(n + m for n, m in zip(done, met, strict=True)),
    )
    found, todo = {first}, [first]
    while todo:
        *_, done = todo.pop()
        stored = [group]
        if places:
            stored += [s for s in product(*(range(min(FOUR, n) + 1) for n in done)) if sum(s) == FOUR]
        for one in stored:
            left = tuple(n - m for n, m in zip(done, one, strict=True))
            after: Held = (kinds, places, first[2], left)
            if min(left) >= 0 and after not in found:
                found.add(after)
                todo.append(after)
    return sorted(found)


def _loads(state: State, group: Counts) -> list[tuple[State, int, float]]:
    """States after a load, what it brought of sums, what it costs."""
    (kinds, places, sums, done), stay = state
    found = []
    kept = product([k for k in range(kinds + 1) if k & ~kinds == 0], range(places + 1), range(stay + 1))
    for k, p, s in kept:
        free = REGISTERS - _taken((k, p, sums, done)) - s
        for more in product(range(max(free, 0) + 1), repeat=len(group)):
            if 0 < sum(more) <= free:
                held = (k, p, tuple(a + b for a, b in zip(sums, more, strict=True)), done)
                found += [((after, s), sum(more), 1.0) for after in _gone_on(held, group)]
        for k2, p2 in product(range(1 << len(group)), range(2)):
            constants = (k2 & ~k).bit_count() + (p2 > p)
            for filters in range(free - constants + 1):
                if constants + filters > 0:
                    cost = 1 - min(PRODUCTS, filters * s) / PRODUCTS
                    after = _gone_on((k | k2, p | p2, sums, done), group)
                    found += [((one, max(s, filters)), 0, cost) for one in after]
    return found


@lru_cache(maxsize=1)
def states(group: Counts, most: int) -> tuple[dict[State, int], Edges]:
    """All with up to `most` requantized vectors, by number; from, to, sums, cost of the loads between them."""
    start: State = ((0, 0, (0,) * len(group), (0,) * len(group)), 0)
    numbers, todo, cheapest = {start: 0}, [start], dict[tuple[int, int, int], float]()
    while todo:
        state = todo.pop()
        for after, sums, cost in _loads(state, group):
            if sum(after[0][3]) <= most:
                if after not in numbers:
                    numbers[after] = len(numbers)
                    todo.append(after)
                key = numbers[state], numbers[after], sums
                cheapest[key] = min(cost, cheapest.get(key, cost))
    return numbers, np.array([(*key, cost) for key, cost in cheapest.items()])


def gained(group: Counts, a_load: float, most: int = 9) -> float | None:
    """Sums above so many a load that a sequence can bring, from registers without constants until all are stored; None
    where there is no limit."""
    numbers, edges = states(group, most)
    begin = [
        i for ((kinds, places, *waiting), _), i in numbers.items() if not (kinds or places or any(map(any, waiting)))
    ]
    end = [i for ((*_, sums, done), _), i in numbers.items() if not (any(sums) or any(done))]
    found = np.full(len(numbers), -np.inf)
    found[begin] = 0
    before, after = edges[:, 0].astype(int), edges[:, 1].astype(int)
    for _ in range(200):
        last = found.copy()
        np.maximum.at(found, after, last[before] + edges[:, 2] - a_load * edges[:, 3])
        if np.array_equal(np.maximum(found, last + 1e-9), last + 1e-9):
            return float(found[end].max())
    return None
