"""What loads and stores take at the least where inputs are four, in instructions, on M4, M7 and M33.

Taken for granted: SXTB16 for two inputs, SMLAD for two products, from the bias on, SMMULR and SMMLAR for an output, 3
to 6 to put four together (bounds_words_dsp.py), aligned words of y, no word of constants that serves two channels but
dividers, no load that brings inputs and constants (flash and RAM). Every other instruction, a load or a store first of
all, is counted here. A stay begins at one that is no store of y and goes on to the next such: all words that it uses
are in registers at its beginning, or made of those. It costs an instruction, and one more for each store of a word of y
in it. Before inputs and constants both came there is no sum: the first stay adds nothing.

Registers hold words, 14 of them (SP points to the stack): pixels' pairs of inputs, channels' pairs of weights, biases,
multipliers; a divider, if an output is finished; and what is in progress, a register each: sums of some pairs, whole
sums, sums times the multiplier, words of y with one output or more that are not stored. No register is needed to point
to what is loaded; a stay that stores has one that points to y. A sum takes, in a stay, as many SMLAD as there are pairs
of which both the pixel's word and the channel's are there; the first one takes the bias as well; SMMULR takes the
multiplier, SMMLAR the divider. Of 4 channels at least, a word has outputs of different ones: it gains at most one of
each, and no channel finishes more outputs than words gain some (of five words or more that is not asked).

Bytes. PKHBT and SSAT16 take two outputs, SSAT16 and BFI each of the others; SSAT and STRB take no more, after the store
of the word. So any output may be stored as a byte as soon as it is finished, and no store of a word waits for it: it is
worth `alone` then, the word's store that much less. With one output left in the word this takes an instruction more, if
outputs 0 and 2 both need a clamp (`open` says that some do not); with none 1 more, and no store. A test tries all.

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
worth one. Without a register that points to y, an instruction makes one: such stays add less than one more. PUSH is one
more (POP is the return): with five registers, which need none, no stay adds half as much (a test says so).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from benchmarks.bounds_words_dsp import CLAMPED, Together

CALL, FIRST = 13, 1  # and the first load
OUTPUT = 2  # instructions of an output, without what puts it into a word
REGISTERS, UNSAVED = 14, 5
STORED = 52  # outputs of a STM
UNIT = 1_000_000  # an instruction
WORD = 4  # outputs
MANY = 5  # words of y that gain, from which on they are not counted
HALF = 2  # outputs that STRH takes, after as many instructions as two alone
NOTHING_STORED, BYTES, WORDS = range(3)  # what a stay may store
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
        alone: an output that is stored as a byte.
        chained: what a sum takes that begins with another one.
        open: whether all outputs but one of a word may be stored as bytes at no cost.
    """

    output: int
    sums: tuple[int, int, int, int]
    words: tuple[int, int, int, int, int]
    alone: int
    chained: int
    open: bool = False

    def stored(self, outputs: int) -> int:
        """What the store of a word adds to what was worth `words`, with so many of its outputs."""
        more = 0 if outputs > 1 or self.open else UNIT
        return WORD * self.output - (WORD - outputs) * self.alone - more


@dataclass(frozen=True)
class Charge:
    """Values with which no stay adds more than it costs, and `expanded` for each pixel that it makes of bytes."""

    values: Values
    expanded: int


# By the most channels, among which a difference's instruction is shared; those that are open hold for all layers.
_OPEN = (0, 152964, 368863, 584761, 800659)
PROVEN = {
    (4, True): Charge(Values(238624, (0, 17773, 124994, 140145), _OPEN, 215898, UNIT // 4, True), 181809),
    (16, True): Charge(Values(238624, (0, 41665, 124994, 140145), _OPEN, 215898, UNIT // 16, True), 181809),
    (64, True): Charge(Values(238624, (0, 41665, 124994, 140145), _OPEN, 215898, UNIT // 64, True), 196013),
    (16, False): Charge(
        Values(250570, (0, 41665, 124994, 134317), (0, 138979, 416646, 632544, 848442), 215898, UNIT // 16), 249988
    ),
}


def least(inputs: int, outputs: int, pixels: int, together: Together = CLAMPED) -> float:
    """Instructions of a layer; 0 where there is no charge."""
    units = outputs // pixels
    charges = [c for (most, _), c in PROVEN.items() if units <= most and c.values.open >= together.open]
    if inputs != 4 or units < WORD or not charges:
        return 0.0
    words = outputs // WORD * WORD
    once = (inputs // 2 + 2) * units / REGISTERS + words / STORED  # words of weights, biases, multipliers
    events = max(once, *((c.values.output * words - c.expanded * pixels) / UNIT for c in charges))
    return CALL + FIRST + outputs * (OUTPUT + together.least) + outputs * inputs / 2 + pixels * inputs / 2 + events


def gain(values: Values, expanded: int = 0, registers: int = REGISTERS) -> tuple[int, int, int]:
    """The most that a stay adds that stores nothing, bytes, or words of y and bytes.

    Args:
        expanded: pixels whose words come from one register of bytes.
        registers: without the one that points to y.
    """
    finished = [_finished(values, stores) for stores in (NOTHING_STORED, BYTES, WORDS)]
    most = [0, 0, 0]
    for pixels in _pixels(registers - expanded):
        room = registers - expanded - sum(pixels) - pixels[0]
        channels = _channels(values, pixels, expanded, room)
        for words in range(MANY + 1):
            few = [channel for channel in channels if words == MANY or channel[1] <= words]
            for (used, outputs, count), value in _sums(few, room).items():
                rest = room - used - (outputs > 0)
                for stores in range(len(most)) if rest >= 0 else ():
                    words_add = finished[stores].get((words, count, outputs), NOTHING)[rest]
                    most[stores] = max(most[stores], value + words_add)
    return most[0], most[1], most[2]


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
def _finished(values: Values, stores: int) -> dict[tuple[int, int, int], list[int]]:
    """The most that words of y add, by words, channels and outputs that they gain, then by registers they may take."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for channels in range(WORD + 1):
        steps = []
        for a, b in product(range(WORD + 1), range(1, WORD + 1)):
            worth = [values.words[b]] * (a < b) + [values.stored(b)] * (stores == WORDS)
            if b <= HALF and stores != NOTHING_STORED:
                worth.append(b * values.alone)
            if worth and a <= b <= a + channels:
                steps.append((int(a < b), int(a > 0), b - a, max(worth) - values.words[a]))
        table: Table3 = {(0, 0, 0): 0}
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
