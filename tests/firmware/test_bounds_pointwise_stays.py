"""No stay that is played, item by item, adds more than `gain` of `benchmarks/bounds_pointwise_dsp.py` says."""

from __future__ import annotations

import random
from functools import cache
from itertools import product

import pytest

from benchmarks.bounds_pointwise_dsp import PROVEN, Values, gain

PIXELS, CHANNELS, WORD = 4, 8, 4
Item = tuple[str, int, int, int]  # what it is; pixel or channel; half, channel or word; how far it is
HALVES, OUTPUT = (0, 1), 4
ITEMS: list[Item] = [
    *(("x", p, half, 0) for p, half in product(range(PIXELS), HALVES)),
    *(("bytes", p, 0, 0) for p in range(PIXELS)),
    *(("w", c, half, 0) for c, half in product(range(CHANNELS), HALVES)),
    *((kind, c, 0, 0) for kind, c in product(("bias", "multiplier"), range(CHANNELS))),
    ("divider", 0, 0, 0),
    *(("sum", p, c, at) for p, c, at in product(range(PIXELS), range(CHANNELS), (0, 1, 2, 3))),  # of a half; whole; t
    *(("word", p, g, n) for p, g, n in product(range(PIXELS), range(CHANNELS // WORD), (1, 2, 3, 4))),
]


def adds(values: Values, items: frozenset[Item], stores: int) -> int:
    """The most that a stay adds which begins with these, pixel by pixel and word by word."""
    words = {item[:3]: item[3] for item in items if item[0] == "word"}
    total = 0
    for p, g in product(range(PIXELS), range(CHANNELS // WORD)):
        there = words.get(("word", p, g), 0)
        others, finish = 0, []
        for c in range(WORD * g, WORD * g + WORD - there):  # the last ones are in the word
            worth = goes_to(values, items, p, c)
            stay = max(0, *(worth[n] for n in worth if n != OUTPUT)) if worth else 0
            others += stay
            finish += [worth[OUTPUT] - stay] if OUTPUT in worth else []
        finish.sort(reverse=True)
        total += others + max(
            sum(finish[:n]) + alone * values.alone + word_adds(values, there, there + n - alone, stores)
            for n in range(len(finish) + 1)
            for alone in range(n + 1 if stores else 1)
        )
    return total


def word_adds(values: Values, before: int, after: int, stores: int) -> int:
    worth = [values.words[after]]
    if stores == 2 and after:
        worth.append(values.stored(after))
    if stores and after in (1, 2):
        worth.append(after * values.alone)
    return max(worth) - values.words[before]


def goes_to(values: Values, items: frozenset[Item], p: int, c: int) -> dict[int, int]:
    """What a sum adds by how far it comes: to one pair, two, its multiplier, or an output, without what that is."""
    pairs = {h for h in HALVES if ("w", c, h, 0) in items and {("x", p, h, 0), ("bytes", p, 0, 0)} & items}
    at = next((n for n in range(4) if ("sum", p, c, n) in items), None)
    left = 0 if at is None else values.sums[max(1, at)]
    if at is None:
        other = any(("sum", q, c, n) in items for q in range(PIXELS) if q != p for n in (0, 1, 2))
        if not pairs or (("bias", c, 0, 0) not in items and not other):
            return {}
        left = 0 if ("bias", c, 0, 0) in items else values.chained
    met = len(pairs) if at is None else 1 + (1 - at in pairs) if at < 2 else 2
    reach = [n for n in (1, 2) if n <= met]
    if at == 3:
        reach = [3]
    elif met == 2 and ("multiplier", c, 0, 0) in items:
        reach.append(3)
    if 3 in reach and ("divider", 0, 0, 0) in items:
        reach.append(OUTPUT)
    return {n: (0 if n == OUTPUT else values.sums[n]) - left for n in reach}


def changed(rng: random.Random, held: frozenset[Item]) -> frozenset[Item]:
    items = set(held)
    for _ in range(rng.randint(1, 4)):
        new = rng.choice(ITEMS)
        if items and rng.random() < 0.5:
            items.discard(rng.choice(sorted(items)))
        elif new[1] < 2:  # the rest is as good, and more often alone
            same = 3 if new[0] in ("sum", "word") else 4
            items = {item for item in items if item[:same] != new[:same]} | {new}
    return frozenset(items)


def consistent(items: frozenset[Item]) -> bool:
    """Whether no sum is of an output that is in its word."""
    words = {item[:3]: item[3] for item in items if item[0] == "word"}
    sums = [item for item in items if item[0] == "sum"]
    return all(c % WORD < WORD - words.get(("word", p, c // WORD), 0) for _, p, c, _ in sums)


@cache
def most(key: tuple[int, bool], expanded: int, registers: int) -> tuple[int, int, int]:
    return gain(PROVEN[key].values, expanded, registers)


@pytest.mark.parametrize("key", [(16, False), (16, True)])
@pytest.mark.parametrize(("registers", "reached"), [(4, 0.6), (6, 0.5), (8, 0.4)])
def test_no_stay_adds_more(registers: int, reached: float, key: tuple[int, bool]) -> None:
    """By random changes of what is in registers, which go on from what adds more; near the most where they store."""
    values = PROVEN[key].values
    for stores in range(3):
        rng = random.Random(registers)
        held: frozenset[Item] = frozenset()
        best = now = 0
        for step in range(3000):
            if step % 1000 == 0:
                held, now = frozenset(), 0
            items = changed(rng, held)
            if len(items) > registers or not consistent(items):
                continue
            more = adds(values, items, stores)
            expanded = sum(item[0] == "bytes" for item in items)
            assert more <= most(key, expanded, registers)[stores]
            if more >= now or rng.random() < 0.05:
                held, now = items, more
            best = max(best, more)
        assert stores < 2 or best >= reached * most(key, 0, registers)[stores]
