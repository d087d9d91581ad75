"""What loads and stores take at the least where inputs are four, in instructions, on M4, M7 and M33.

Taken for granted: SXTB16 for two inputs, SMLAD for two products, from the bias on, SMMULR and SMMLAR for an output, 3
to 6 to put four together (bounds_words_dsp.py), aligned words of y. Every other instruction, a load or a store first of
all, is counted here. A stay begins at one that is no store of y and goes on to the next such: all words that it uses
are in registers at its beginning, or made of those. It costs an instruction, and one more for each store of y in it.

Registers hold words, 14 of them (SP points to the stack): pixels' pairs of inputs, channels' pairs of weights, biases,
multipliers; a divider, if an output is finished; and what is in progress: sums of some pairs, whole sums, sums times
the multiplier (a register each), words of y with one output or two (one register), with three (two), with four and not
stored (one). No register is needed to point to what is loaded or stored. A sum takes, in a stay, as many SMLAD as there
are pairs of which both the pixel's word and the channel's are there; the first one takes the bias as well; SMMULR takes
the multiplier, SMMLAR the divider. A word of y whose outputs are of one pixel gains at most one of each channel: no
channel finishes more outputs than words gain some (of five words or more that is not asked).

A sum may begin with another pixel's sum of its channel instead of the bias, if the words are differences of the two.
That sum is in a register, as the bias would be, or is itself in progress there. A difference takes an instruction
(SSUB16, or SXTAB16 for SXTB16 and one with the other sign), and serves each channel once: `chained` of an instruction
for a sum that so begins without a register.

What is in progress has a value, in parts of an instruction. `gain` finds the most that a stay can add to these values
and to what is stored: over all numbers of pixels and, by one knapsack over channels' words and one over words of y,
over all that registers can hold. A stay may begin with any words of any pixels and channels and anything in progress,
whichever loads brought it, even if it had been put aside before; of what it ends with nothing is asked. So the bound
holds for every order of loads and stores. Only a pixel's words may come within a stay, from its bytes by SXTB16: then
the pixel is one register, and the stay may add `expanded` more for it, once; made a second time, it takes instructions
more, and bytes of which a stay makes but one word are as good as that word. With values by which no stay adds more
than it costs, from nothing to all outputs, there are at least outputs times their value - expanded * pixels.

What takes an instruction more pays for itself: no sum, no output, no word that is put together and not yet stored is
worth one. Outputs stored as bytes or halves take half an instruction more each, and are worth less. Words at other
addresses than STRD takes are stored alone, each for an instruction: within a pixel this brings less than a fifth of
one; across two of 8 channels at least it brings 1/13 more than one, but no more words do so than lie within pixels or
are stored in parts. PUSH is one more (POP is the return): with five registers, which need none, no stay adds half as
much (a test says so). Not so where channels have a word in common: the same bias, the same multiplier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

CALL = 13
OUTPUT = 2  # instructions of an output, without what puts it into a word
REGISTERS, UNSAVED = 14, 5
STORED = 52  # outputs of a STM
UNIT = 20160  # an instruction
WORD = 4  # outputs
OWN = 8  # channels from which on words of y are those of one pixel
HELD = (0, 1, 1, 2, 1)  # registers of a word of y by its outputs
MANY = 5  # words of y that gain, from which on they are not counted
NONE = -(10**9)
NOTHING = [NONE] * (REGISTERS + 1)
Table = dict[tuple[int, int], int]
Table3 = dict[tuple[int, int, int], int]


@dataclass(frozen=True)
class Values:
    """In parts of an instruction.

    Attributes:
        output: that is stored.
        sums: by the pairs that are in them, from none to all, then times the multiplier.
        words: of y, by their outputs, from none to all.
        chained: what a sum takes that begins with another one.
    """

    output: int
    sums: tuple[int, int, int, int]
    words: tuple[int, int, int, int, int]
    chained: int


@dataclass(frozen=True)
class Charge:
    """Values with which no stay adds more than it costs, and `expanded` for each pixel that it makes of bytes."""

    values: Values
    expanded: int


# By whether words of y are of one pixel, and the most channels, among which a difference's instruction is shared.
PROVEN = {
    (True, 8): Charge(Values(5340, (0, 840, 2520, 3360), (0, 2940, 7560, 10920, 18480), UNIT // 8), 3528),
    (True, 16): Charge(Values(5424, (0, 700, 2520, 3304), (0, 3304, 8064, 11256, 18816), UNIT // 16), 4032),
    (True, 64): Charge(Values(5363, (0, 840, 2520, 3313), (0, 3057, 7700, 11013, 18573), UNIT // 64), 3710),
    (False, 64): Charge(Values(4793, (0, 839, 2396, 2582), (0, 2396, 6471, 9054, 16300), UNIT // 64), 5758),
}


def least(inputs: int, outputs: int, pixels: int, together: float = 1.5) -> float:
    """Instructions of a layer; 0 where there is no charge.

    Args:
        together: what puts an output into a word.
    """
    units = outputs // pixels
    own = units % WORD == 0 and units >= OWN
    charge = next((c for (of_one, most), c in PROVEN.items() if of_one == own and units <= most), None)
    if inputs != 4 or charge is None:
        return 0.0
    once = (inputs // 2 + 2) * units / REGISTERS + outputs / STORED  # words of weights, biases, multipliers
    events = max((charge.values.output * outputs - charge.expanded * pixels) / UNIT, once)
    return CALL + outputs * (OUTPUT + together) + outputs * inputs / 2 + pixels * inputs / 2 + events


def gain(values: Values, own: bool = True, expanded: int = 0, registers: int = REGISTERS) -> tuple[int, int]:
    """The most that a stay adds, without stores of y in it and with them.

    Args:
        own: whether words of y are of one pixel. expanded: pixels whose words come from one register of bytes.
    """
    finished = _finished(values, False, own), _finished(values, True, own)
    most = [0, 0]
    for pixels in _pixels(registers - expanded):
        room = registers - expanded - sum(pixels) - pixels[0]
        channels = _channels(values, pixels, expanded, room)
        for words in range(MANY + 1) if own else (MANY,):
            few = [channel for channel in channels if words == MANY or channel[1] <= words]
            for (used, outputs, count), value in _sums(few, room).items():
                rest = room - used - (outputs > 0)
                for stored in (0, 1) if rest >= 0 else ():
                    words_add = finished[stored].get((words, count, outputs), NOTHING)[rest]
                    most[stored] = max(most[stored], value + words_add)
    return most[0], most[1]


def _pixels(registers: int) -> Iterator[tuple[int, int, int]]:
    """How many are there with both words, only the first, only the second, which are no more than those."""
    for both, first in product(range(registers // 2 + 1), range(registers + 1)):
        for second in range(min(first, registers - 2 * both - first) + 1):
            yield both, first, second


def _channels(values: Values, pixels: tuple[int, int, int], expanded: int, room: int) -> list[tuple[int, int, int]]:
    """A channel's registers and outputs, and the most that it adds, if it is more than with fewer registers."""
    both, first, second = pixels[0] + expanded, *pixels[1:]
    found: Table = {(1, 1): -values.sums[-1]}  # a sum that met its multiplier before
    for one, other, begun, ended in product((0, 1), repeat=4):
        words = one + other + begun + ended
        met = (both, first + second) if one and other else (0, one * (both + first) + other * (both + second))
        if 0 < words <= room:
            for (used, outputs), value in _channel(values, met, begun, ended).items():
                if words + used <= room:
                    _raise(found, (words + used, outputs), value)
    return [
        (used, outputs, value)
        for (used, outputs), value in found.items()
        if all(found.get((fewer, outputs), NONE) < value for fewer in range(used))
    ]


@cache
def _channel(values: Values, met: tuple[int, int], begun: int, ended: int) -> Table:
    """The most that a channel adds, by registers of sums in progress and by outputs.

    Args:
        met: how many pixels have two words, or one, that meet the channel's.
        begun, ended: whether the bias and the multiplier are there.
    """
    found = _carried(values, met, 0 if begun else None, ended)
    if not begun:
        for (used, outputs), value in _carried(values, met, values.chained, ended).items():
            if used:  # what the others begin with
                _raise(found, (used, outputs), value)
    return found


def _carried(values: Values, met: tuple[int, int], begin: int | None, ended: int) -> Table:
    """The same with what it takes to begin a sum, if one can begin."""
    whole = len(values.sums) - 2
    found = {(0, 0): 0}
    for words in (*[2] * met[0], *[1] * met[1], *[0] * REGISTERS):  # and whole sums of pixels that are not there
        step = {(0, 0): 0}
        for start in range(0 if begin is not None and words else 1, whole + 1):
            used, reach = int(start > 0), min(whole, start + words)
            left = values.sums[start] if start else begin or 0
            for end in range(start + 1, reach + 1):
                _raise(step, (used, 0), values.sums[end] - left)
            if reach == whole and ended:
                _raise(step, (used, 0), values.sums[-1] - left)
                _raise(step, (used, 1), -left)
        wider: Table = {}
        for ((used, outputs), value), ((a, b), v) in product(found.items(), step.items()):
            if used + a < REGISTERS:
                _raise(wider, (used + a, outputs + b), value + v)
        found = wider
    return found


def _raise(table: Table, key: tuple[int, int], value: int) -> None:
    table[key] = max(value, table.get(key, NONE))


def _sums(channels: list[tuple[int, int, int]], room: int) -> Table3:
    """The most that sums add, by registers, finished outputs, and channels that finish some (four for more)."""
    best = last = {(0, 0, 0): 0}
    while last:
        more: Table3 = {}
        for ((used, outputs, count), value), (a, b, v) in product(last.items(), channels):
            key = used + a, outputs + b, min(WORD, count + (b > 0))
            if key[0] <= room and value + v > max(best.get(key, NONE), more.get(key, NONE)):
                more[key] = value + v
        best, last = best | more, more
    return best


@cache
def _finished(values: Values, stored: bool, own: bool) -> dict[tuple[int, int, int], list[int]]:
    """The most that words of y add, by words, channels and outputs that they gain, then by registers they may take."""
    found: dict[tuple[int, int, int], list[int]] = {}
    worth = [*values.words[:WORD], WORD * values.output if stored else values.words[WORD]]
    for channels in range(WORD + 1):
        most = channels if own else WORD * (channels > 0)
        steps = [(0, 1, 0, worth[WORD] - values.words[WORD])] * stored
        for a, b in product(range(WORD), range(WORD + 1)):
            if a < b <= a + most:
                steps.append((1, HELD[a], b - a, worth[b] - values.words[a]))
        table = {(0 if own else MANY, 0, 0): 0}
        last = table
        while last:
            more: Table3 = {}
            for ((words, used, outputs), value), (a, b, c, v) in product(last.items(), steps):
                key = min(MANY, words + a), used + b, outputs + c
                better = value + v > max(table.get(key, NONE), more.get(key, NONE))
                if better and key[1] <= REGISTERS and key[2] <= 2 * REGISTERS:
                    more[key] = value + v
            table, last = table | more, more
        for (words, used, outputs), value in table.items():
            row = found.setdefault((words, channels, outputs), [NONE] * (REGISTERS + 1))
            row[used:] = [max(value, other) for other in row[used:]]
    return found
