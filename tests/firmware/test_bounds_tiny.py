"""Bounds of small layers on the Cortex-M4: no schedule of a small machine goes below them, nor does a kernel."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from benchmarks import bounds_tiny_dsp as tiny
from benchmarks import sweep
from tests.firmware.proof import options_for

Items = frozenset[tuple[object, ...]]
State = tuple[Items, Items, frozenset[int], Items]  # in registers, products done, units finished, pointers


def subsets(some: Items, least: int, most: int) -> list[Items]:
    sizes = range(min(least, len(some)), min(most, len(some)) + 1)
    return [frozenset(c) for n in sizes for c in combinations(sorted(some, key=str), n)]


def fewest_loads(units: int, words: int, registers: int, multipliers: int = 1) -> int:
    """Of one sample, by a search over all contents of the registers after each load, which are full if they can be."""
    places: list[tuple[object, ...]] = [
        ("w", u, word, half) for u, word, half in product(range(units), range(words), (0, 1))
    ]
    xs: Items = frozenset(("x", word) for word in range(words))
    biases = [("b", u) for u in range(units)]
    constants: Items = frozenset([*places, *biases, *(("m", n) for n in range(multipliers)), ("d",)])
    states: set[State] = {(frozenset(), frozenset(), frozenset(), frozenset({("r0",), ("r1",)}))}
    for loads in range(1, 20):
        found: set[State] = set()
        for held, done, finished, pointers in states:
            sums = len({p[1] for p in done} - finished)
            for pointer, kind in (("r0", constants), ("r1", xs)):
                if (pointer,) not in pointers:
                    continue
                for left in subsets(pointers, 0, 2):
                    room = registers - 1 - sums - len(left)
                    for kept in subsets(held, 0, room):
                        for new in subsets(kind - kept, room - len(kept), room - len(kept)):
                            found |= {
                                (h, d, f, left)
                                for h, d, f in worked(kept | new, done, finished, units, places, multipliers)
                            }
        if any(len(finished) == units for _, _, finished, _ in found):
            return loads
        states = found
    raise AssertionError("no schedule")


def worked(
    held: Items,
    done: Items,
    finished: frozenset[int],
    units: int,
    places: list[tuple[object, ...]],
    multipliers: int,
) -> set[tuple[Items, Items, frozenset[int]]]:
    """What may be in registers before the next load: of each unit all products with what is there, or none."""
    results = set()
    for chosen in product((False, True), repeat=units):
        now, over = set(done), set(finished)
        for u in range(units):
            begun = any(p[1] == u for p in done)
            if chosen[u] and (begun or ("b", u) in held):
                now |= {p for p in places if p[1] == u and p in held and ("x", p[2]) in held}
            if sum(p[1] == u for p in now) * units == len(places) and {("m", u % multipliers), ("d",)} <= held:
                over.add(u)
        needed = {("x", p[2]) for p in places if p not in now} | {p for p in places if p not in now} | {("d",)}
        needed |= {("m", u % multipliers) for u in range(units) if u not in over}
        needed |= {("b", u) for u in range(units) if not any(p[1] == u for p in now)}
        results.add((frozenset(held & needed), frozenset(now), frozenset(over)))
    return results


SMALL = [(1, 1, 5, 1), (1, 1, 6, 1), (1, 1, 7, 1), (1, 2, 10, 1), (2, 1, 10, 1), (2, 1, 11, 2), (2, 1, 12, 2)]
SLOW = [pytest.param(*one, marks=pytest.mark.slow) for one in ((1, 2, 9, 1), (2, 1, 9, 1), (2, 1, 10, 2))]


@pytest.mark.parametrize(("units", "words", "registers", "multipliers"), [*SMALL, *SLOW])
def test_no_schedule_of_one_sample_takes_fewer_loads(units: int, words: int, registers: int, multipliers: int) -> None:
    least = tiny.loads_of_one(units, 4 * words, registers, multipliers)
    assert least <= fewest_loads(units, words, registers, multipliers)


def test_each_multiplier_is_loaded() -> None:
    """Into 64 units of their own, 4 inputs: 63 more words, in loads of 11 or 12."""
    assert tiny.loads_of_one(64, 4, tiny.ALL, 64) - tiny.loads_of_one(64, 4, tiny.ALL) == 5


def test_more_registers_and_fewer_weights_never_take_more_loads() -> None:
    for units, words in product((1, 2, 3, 4), (1, 2, 4, 8, 16)):
        loads = [tiny.loads_of_one(units, 4 * words, n) for n in range(tiny.MOST_WITHOUT + 1, 20)]
        assert loads == sorted(loads, reverse=True)
        assert (
            tiny.least(1, units, 4 * words)
            < tiny.least(1, units + 1, 4 * words)
            < tiny.least(1, units + 1, 4 * words + 4)
        )


def test_what_a_pixel_pays() -> None:
    assert tiny.cost(0, 0) == pytest.approx(1 / 3)  # 6 registers beside 7 constants and the pointer hold three pixels
    whole = 2 / 12 + 1.5 / 11 + 0.5 / 7  # a load that took x's register too, beside two constants; x back beside five
    assert tiny.cost(1, 0) == pytest.approx(whole)
    assert whole < 2 / 7 + 1 / 11  # the multiplier or the divider came later
    rates = [tiny.cost(0, outputs) for outputs in range(10)]
    assert rates == sorted(rates)
    assert all(tiny.cost(0, n) <= tiny.cost(1, n) for n in range(10))
    assert tiny.moves_of_pixels(144, 1.5) == 61
    assert tiny.least(2, 4, 7) == 0


def test_what_every_second_pixel_pays() -> None:
    """Loads of every place and length bring no more than is counted on."""
    for first, registers in product(range(4), range(1, tiny.ALL + 1)):
        of_use = sum(word % 4 < 2 for word in range(first, first + registers))
        for older in range(4):
            r = registers + older
            assert 2 * of_use + older <= r + 2
    assert tiny.cost_apart(0, 0) == pytest.approx(4 / 16 + 1 / 11 + 1 / 10)  # both words, then constants twice
    for y, outputs in product((0, 1), range(6)):
        assert tiny.cost(y, outputs) < tiny.cost_apart(y, outputs) < tiny.cost_apart(y, outputs + 1)
        assert tiny.stacked(outputs) < tiny.stacked_apart(outputs)
    assert 1.5 * 8 * 49 < tiny.least(49, 1, 8, 62 / 49, True, 74 / 49) < 684


def test_pixels_of_one_output() -> None:
    """Over the limit of 1.5 a product, with SEL as without."""
    assert 1.5 * 8 * 144 < tiny.least(144, 1, 8, 1.25) <= tiny.least(144, 1, 8) < 1856
    assert tiny.least(144, 1, 8, 1.0, joined=1.0) < tiny.least(144, 1, 8, 1.0) < tiny.least(144, 1, 8, 1.25)


def test_no_kernel_takes_less() -> None:
    options_for("qemu-m4")
    shapes = ((16, 2, 1), (16, 1, 4), (8, 1, 4), (8, 2, 1), (10, 3, 1), (8, 4, 1), (64, 1, 1), (4, 1, 1), (100, 4, 1))
    layers = [sweep.connected(*shape) for shape in shapes]
    layers += [
        x for x in (sweep.conv((1, 1), 1, 8, 1, (12, 12)), sweep.conv((1, 1), 2, 8, 1, (13, 13))) if x is not None
    ]
    found = {f.layer.name: f for f in sweep.sweep(layers, "m4")}
    assert all(f.per_mac >= f.bound for f in found.values())
    assert {found[layer.name].verdict for layer in layers[:2]} == {"bounded"}
