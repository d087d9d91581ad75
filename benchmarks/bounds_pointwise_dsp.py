"""What loading weights and constants takes at the least where inputs are four, in instructions, on M4, M7 and M33.

Taken for granted: SXTB16 for two inputs, SMLAD for two products, from the bias on, SMMULR and SMMLAR for an output,
3 to 6 to put four together (bounds_words_dsp.py), a store for 52. Every other instruction, a load
first of all, is counted here. What registers hold between two of them is a stay.

`least` gives a stay all 14 registers and lets all sums begin without a bias: with another pixel's sum, if the words are
differences of the two. PUSH and POP are one more than a return: with five registers, which need none, no stay adds half
as much (a test says so), so that loads are more than twice as many. What `argued` adds is not proven: one register that
points to what is loaded (but VMOV, and LDRD with SP, bring two words without it, LDM with SP the same words every
time); biases (differences take an SSUB16 for two inputs at least, little where channels are many); a store for eight
outputs (but STM takes up to 52, which wait in registers, for less in these).

Registers hold words: pixels' pairs of inputs, channels' pairs of weights, biases, multipliers; a divider, if an output
is finished; a pointer to y, if one is stored; and what is in progress: sums of some pairs, whole sums, sums times the
multiplier (a register each), words of y with one output or two (one register), with three (two), with four and not
stored (one). A sum takes, in a stay, as many SMLAD as there are pairs of which both the pixel's word and the channel's
are there; the first one takes the bias as well; SMMULR takes the multiplier, SMMLAR the divider. A word of y whose
outputs are of one pixel gains at most one of each channel.

What is in progress has a value, in outputs. `gain` finds the most that a stay can add to these values and to what is
stored: over all sets of pixels' words and, by one knapsack over channels' words and one over words of y, over all
that registers can hold. A stay may begin with any words of any pixels and channels and anything in progress,
whichever loads brought it, even if it had been put aside before; of what it ends with nothing is asked. So the bound
holds for every order of loads and stores. Only a pixel's words may come within a stay, from its bytes by SXTB16: then
the pixel is one register, and the stay may add more for it, once; made a second time, it takes instructions more, and
bytes of which a stay makes but one word are as good as that word.
From nothing to all outputs, with `most` and `expanded` of a `Charge`, there are at least (outputs - expanded *
pixels) / most loads. An output that takes an instruction more, another product or a store of its own, pays for
itself: it is worth less than `most`. Of odd inputs the last ones of two pixels could be one word, and of two
channels: there is no charge for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product

CALL, OUTPUT = 13, 2.125  # as in `bounds.argued`, but for a load; of an output without what puts it into a word
PROVEN_CALL, PROVEN_OUTPUT = 13, 2 + 1 / 52  # as in `bounds.least`, but for PUSH
REGISTERS, ALL, UNSAVED = 13, 14, 5
UNIT = 1000  # of an output's worth
WORD = 4  # outputs
HELD = (0, 1, 1, 2, 1)  # registers of a word of y by its outputs
NONE = -(10**9)
MOST = 40  # outputs of a stay, more than any has


@dataclass(frozen=True)
class Values:
    """In thousandths of an output.

    Attributes:
        sums: by the pairs that are in them, from none to all, then times the multiplier.
        words: of y, by their outputs, from none to all.
    """

    sums: tuple[int, ...]
    words: tuple[int, ...]


@dataclass(frozen=True)
class Charge:
    """Values with which no stay adds more than `most`, and `expanded` for each pixel whose words it makes of bytes."""

    values: Values
    most: int
    expanded: int


# By inputs, and whether words of y are of one pixel; tests compute `most` and `expanded` from the values.
PROVEN = {
    (4, True): Charge(Values((0, 19, 479, 717), (0, 797, 1307, 2300, 3612)), 5748, 1005),
    (4, False): Charge(Values((0, 109, 469, 558), (0, 475, 1655, 2244, 3590)), 5655, 1525),
}
CHARGES = {
    (4, True): Charge(Values((0, 105, 577, 658), (0, 657, 1718, 2375, 3718)), 3706, 910),
    (4, False): Charge(Values((0, 119, 593, 662), (0, 626, 1729, 2323, 3728)), 3800, 944),
}


def least(inputs: int, outputs: int, pixels: int, together: float = 1.5) -> float:
    """Instructions of a layer, with all 14 registers and sums that need no bias; 0 where there is no charge.

    Args:
        together: what puts an output into a word.
    """
    found = _loads(PROVEN, ALL, inputs, outputs, pixels)
    return PROVEN_CALL + outputs * (PROVEN_OUTPUT + together) + found if found else 0.0


def argued(inputs: int, outputs: int, pixels: int, together: float = 1.5) -> float:
    """The same with 13 registers, biases, and a store for eight outputs, none of which is proven."""
    found = _loads(CHARGES, REGISTERS, inputs, outputs, pixels)
    return CALL + outputs * (OUTPUT + together) + found if found else 0.0


def _loads(charges: Mapping[tuple[int, bool], Charge], registers: int, inputs: int, outputs: int, pixels: int) -> float:
    """SMLAD, SXTB16 and loads; 0 where there is no charge for these inputs."""
    units = outputs // pixels
    charge = charges.get((inputs, units % WORD == 0))
    if charge is None:
        return 0.0
    pairs = inputs // 2
    words = pairs + 2  # of a channel
    stays = (UNIT * outputs - charge.expanded * pixels) / charge.most
    return outputs * pairs + pixels * inputs / 2 + max(stays, words * units / registers)


def gain(
    pairs: int, values: Values, own: bool = True, expanded: int = 0, registers: int = REGISTERS, chained: bool = False
) -> int:
    """The most that a stay adds.

    Args:
        pairs: words of a pixel. own: whether words of y are of one pixel.
        expanded: pixels whose words come from one register of bytes.
        chained: whether sums begin without a bias, with another pixel's.
    """
    finished, most = _finished(values, own), 0
    for pixels in _pixels(pairs, registers - expanded):
        taken = expanded + sum(map(sum, pixels))
        for (used, outputs, channels), value in _sums(pairs, values, pixels, expanded, registers, chained).items():
            rest = registers - taken - used - (outputs > 0)
            if rest >= 0:
                most = max(most, value + finished[channels, outputs][rest])
    return most


def _pixels(pairs: int, registers: int) -> list[tuple[tuple[int, ...], ...]]:
    """Sets of pixels by which of their words are there, one of those that differ only in the pairs' order."""
    subsets = [s for s in product((1, 0), repeat=pairs) if any(s)]
    found: list[tuple[tuple[int, ...], ...]] = []

    def extend(held: tuple[tuple[int, ...], ...], first: int, room: int) -> None:
        if held == max(tuple(sorted((tuple(s[i] for i in order) for s in held), reverse=True)) for order in orders):
            found.append(held)
        for i in range(first, len(subsets)):
            if sum(subsets[i]) < room:
                extend((*held, subsets[i]), i, room - sum(subsets[i]))

    orders = list(permutations(range(pairs)))
    extend((), 0, registers)
    return found


def _sums(
    pairs: int, values: Values, pixels: tuple[tuple[int, ...], ...], expanded: int, registers: int, chained: bool
) -> dict[tuple[int, int, int], int]:
    """The most that sums add, by registers, finished outputs, and channels that finish some (four for more)."""
    room = registers - expanded - sum(map(sum, pixels))
    channels = {(1, 1, 1): -values.sums[-1]}  # a sum that met its multiplier before
    for there in product((0, 1), repeat=pairs + 2):
        words, begun, ended = there[:pairs], int(there[-2] or chained), there[-1]
        if 0 < sum(there) <= room:
            met = [sum(map(min, words, pixel)) for pixel in pixels] + [sum(words)] * expanded
            of_one = _channel(tuple(sorted(n for n in met if n)), begun, ended, values)
            for (used, outputs), value in of_one.items():
                if sum(there) + used <= room:
                    key = sum(there) + used, outputs, int(outputs > 0)
                    channels[key] = max(value, channels.get(key, NONE))
    best = last = {(0, 0, 0): 0}
    while last:
        more: dict[tuple[int, int, int], int] = {}
        for ((used, outputs, count), value), ((a, b, c), v) in product(last.items(), channels.items()):
            key = used + a, outputs + b, min(WORD, count + c)
            if key[0] <= room and value + v > max(best.get(key, NONE), more.get(key, NONE)):
                more[key] = value + v
        best, last = best | more, more
    return best


@cache
def _channel(met: tuple[int, ...], begun: int, ended: int, values: Values) -> dict[tuple[int, int], int]:
    """The most that a channel adds, by registers of sums in progress and by outputs.

    Args:
        met: of each pixel, how many of its words meet the channel's.
        begun, ended: whether the bias and the multiplier are there.
    """
    whole = len(values.sums) - 2
    found = {(0, 0): 0}
    steps = []
    for words in (*met, *[0] * ALL):  # and whole sums of pixels that are not there
        step = {(0, 0): 0}
        for start in range(0 if begun and words else 1, whole + 1):
            carried, reach = int(start > 0), min(whole, start + words)
            for end in range(start + 1, reach + 1):
                _raise(step, (carried, 0), values.sums[end] - values.sums[start])
            if reach == whole and ended:
                _raise(step, (carried, 0), values.sums[-1] - values.sums[start])
                _raise(step, (carried, 1), -values.sums[start])
        steps.append(step)
    for step in steps:
        wider: dict[tuple[int, int], int] = {}
        for ((used, outputs), value), ((a, b), v) in product(found.items(), step.items()):
            if used + a < ALL:
                _raise(wider, (used + a, outputs + b), value + v)
        found = wider
    return found


def _raise(table: dict[tuple[int, int], int], key: tuple[int, int], value: int) -> None:
    table[key] = max(value, table.get(key, NONE))


@cache
def _finished(values: Values, own: bool) -> dict[tuple[int, int], list[int]]:
    """The most that words of y add, by channels and outputs that they gain, then by registers that they may take."""
    found: dict[tuple[int, int], list[int]] = {}
    for channels, stored in product(range(WORD + 1), (0, 1)):
        most = channels if own else WORD * (channels > 0)
        worth = [*values.words[:WORD], WORD * UNIT if stored else values.words[WORD]]
        steps = [(HELD[a], b - a, worth[b] - values.words[a]) for a in range(WORD) for b in range(a + 1, a + most + 1)
                 if b <= WORD] + [(1, 0, worth[WORD] - values.words[WORD])] * stored  # fmt: skip
        table = {(stored, 0): 0}
        last = table
        while last:
            more: dict[tuple[int, int], int] = {}
            for ((used, outputs), value), (a, b, v) in product(last.items(), steps):
                key = used + a, outputs + b
                if key[0] <= ALL and key[1] <= MOST and value + v > max(table.get(key, NONE), more.get(key, NONE)):
                    more[key] = value + v
            table, last = table | more, more
        for (used, outputs), value in table.items():
            row = found.setdefault((channels, outputs), [NONE] * (ALL + 1))
            row[used:] = [max(value, other) for other in row[used:]]
    return {(c, n): found.get((c, n), [NONE] * (ALL + 1)) for c in range(WORD + 1) for n in range(MOST + 1)}
