"""What loads take at the least where inputs are five, in instructions, on M4, M7 and M33.

Taken for granted: inputs come to halves of registers by SXTB16, two that are two bytes apart, of a word that one load
brought, or alone (LDRSB); SMLAD, or a product of halves, for at most two of them; SMMULR and SMMLAR for an output, with
a multiplier and a divider; what puts outputs into words (bounds_words_dsp.py), which are aligned (of three channels no
other ones take less, nor bytes, a test says). Inputs and weights are any; channels have no word in common, as one
multiplier for all would be. SMLAL may take the fifth products of two channels: it needs what two of these need, and
bounds.py subtracts what it saves.

Three instructions bring a pixel's inputs. Of three products two are of pairs, (1, 3) and (0, 2) or (2, 4), in registers
without another pixel's inputs; the third one's input is 4 or 0, and such inputs of two pixels never are two bytes
apart: these pixels have three registers of their own. Others may share some, of input 1 with the pixel before and of 3
with the next one. No more registers are spared than there are pixels whose outputs all take a product more (a test goes
through all registers of three pixels): that pays for the register and for what these outputs are worth. PKHBT and the
like take what they spare.

Every other instruction is counted here, but for stores of y. One too many whose result is a sum or an output pays for
all that is made of it, as an output is worth less. Any other begins a stay, which goes on to the next such: all words
that it uses are in registers at its beginning, or made of those. Registers hold words, 14 of them (SP points to the
stack): pixels' pairs of inputs; channels' pairs of weights, the fifth weight (of two channels in one word),
multipliers; a divider, if an output is finished; sums, begun, whole, or times the multiplier (a register each). A sum
takes, in a stay, as many SMLAD of pairs as there are pairs of which both the pixel's word and the channel's are there,
and its fifth product if that weight is.

Not asked for are: a register for a pixel's fifth input, as LDRSB may bring it within a stay; one for the bias, which
may be the other half of the fifth weight's word, or another pixel's sum; one to point to what is loaded or stored; any
for an output that is finished, put into a word or not. A pixel's two pairs may come within a stay of the word that has
their bytes, which then is one register; as SXTB16 for both is in that stay, each pixel does so once, or takes an
instruction more. For this a stay may add `EXPANDED` more.

What is in progress has a value, in parts of an instruction; `gain` finds the most that a stay can add to these and to
what is finished, over all numbers of pixels and, by a knapsack over channels' words, over all that registers can hold.
A stay may begin with any words and anything in progress, whichever loads brought it, put aside before or not. So the
bound holds for every order of loads. With values by which no stay adds more than an instruction, from nothing to all
outputs, there are at least outputs times their value - EXPANDED * pixels. With the five registers that need no PUSH
(POP is the return) no stay adds half as much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from benchmarks.bounds_pointwise_dsp import CALL, OUTPUT, REGISTERS

INPUTS, PRODUCTS, BROUGHT = 5, 3, 3  # instructions of an output, of a pixel
PAIRS = 2  # of a pixel's inputs
HALVES = 2  # of a register
UNIT = 156  # an instruction
NONE = -(10**9)


@dataclass(frozen=True)
class Values:
    """In parts of an instruction.

    Attributes:
        output: that is finished. pairs, with_fifth: of sums by the pairs that are in them, from none to all, without
            and with the fifth product. multiplied: of a whole sum times the multiplier.
    """

    output: int
    pairs: tuple[int, int, int]
    with_fifth: tuple[int, int, int]
    multiplied: int

    def sum(self, pairs: int, fifth: int) -> int:
        return (self.with_fifth if fifth else self.pairs)[pairs]


VALUES, EXPANDED = Values(26, (0, 0, 13), (0, 0, 13), 14), 26


def least(outputs: int, pixels: int, together: float) -> float:
    """Instructions of a layer.

    Args:
        together: what puts an output into a word.
    """
    events = max(0.0, (VALUES.output * outputs - EXPANDED * pixels) / UNIT)
    without_push = min(CALL + events, CALL - 1 + 2 * events)
    return without_push + outputs * (PRODUCTS + OUTPUT + together) + pixels * BROUGHT


def gain(values: Values, expanded: int = 0, registers: int = REGISTERS) -> int:
    """The most that a stay adds.

    Args:
        expanded: pixels whose pairs come from one register of bytes.
    """
    most = 0
    for both, first, second in _pixels(registers - expanded):
        room = HALVES * (registers - expanded - PAIRS * both - first - second)
        for finished in range(1 + (room >= HALVES)):  # with a divider
            adds = _channels(values, (both + expanded, first, second), room, bool(finished))
            most = max(most, _filled(adds, room - HALVES * finished))
    return most


def _pixels(registers: int) -> Iterator[tuple[int, int, int]]:
    """How many are there with both pairs, only the first, only the second, which are no more than those."""
    for both, first in product(range(registers // PAIRS + 1), range(registers + 1)):
        for second in range(min(first, registers - PAIRS * both - first) + 1):
            yield both, first, second


def _channels(values: Values, pixels: tuple[int, int, int], room: int, finished: bool) -> list[int]:
    """The most that a channel adds, by the halves of registers that it takes."""
    both, first, second = pixels
    adds = [NONE] * (room + 1)
    for one, other, fifth, ended in product((0, 1), repeat=4):
        met = {2: both, 1: first + second} if one and other else {1: one * (both + first) + other * (both + second)}
        words = HALVES * (one + other + ended) + fifth
        steps = [(count, *_sum(values, pairs, fifth, ended, finished)) for pairs, count in met.items()]
        value = sum(count * begun for count, begun, _ in steps)
        more = sorted((went_on - begun for count, begun, went_on in steps for _ in range(count)), reverse=True)
        alone = _sum(values, 0, fifth, ended, finished)[1]  # of pixels that are not there, any number
        more = sorted([*more, *[alone] * (room // HALVES)], reverse=True)
        for used, another in zip(range(words, room + 1, HALVES), [*more, 0], strict=False):
            adds[used] = max(adds[used], value)
            value += another
    return adds


@cache
def _sum(values: Values, pairs: int, fifth: int, ended: int, finished: bool) -> tuple[int, int]:
    """The most that one sum adds where so many pairs meet: if it begins in the stay, and if it was in a register."""

    def most(start: int, has_fifth: int) -> int:
        reached = min(PAIRS, start + pairs)
        ends = [
            values.sum(n, f) for n in range(start, reached + 1) for f in range(has_fifth, 1 + max(fifth, has_fifth))
        ]
        if ended and reached == PAIRS and max(fifth, has_fifth):
            ends += [values.multiplied, *[values.output] * finished]
        return max(ends) - values.sum(start, has_fifth)

    begun = [most(start, f) for start, f in product(range(PAIRS + 1), (0, 1)) if start or f]
    return most(0, 0), max(*begun, (values.output - values.multiplied) * finished)


def _filled(adds: list[int], room: int) -> int:
    """The most of any number of channels."""
    most = [0] * (room + 1)
    for size in range(1, room + 1):
        most[size] = max(most[size - 1], *(most[size - n] + adds[n] for n in range(1, size + 1)))
    return most[room]
