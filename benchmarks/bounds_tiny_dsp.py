"""What small layers take at the least on the Cortex-M4, where loads and whole instructions count.

Taken for granted, as in `benchmarks/bounds.py`: 11 instructions before the kernel's first one; PUSH and POP, or a
return and only r0 to r3 and r12; 14 general registers, as SP is never free. SMLAD takes two products of one output,
SXTB16 makes two inputs of a word. SMMULR and SMMLAR for an output, with its channel's multiplier, which channels share
where it is the same, and a divider that all outputs may share; then SSAT and STRB, or 3 to 6 for four outputs that are
a word (bounds_words_dsp.py), and their store; with SEL pixels of eight inputs have a constant more and its flags to set
(bounds_pixels_dsp.py). Sums begin with their biases: else they take an ADD more. A byte of its own (LDRSB) takes an
instruction more for two inputs, and one more for each output of them; constants as bytes an SXTB16 for each word that
they save, no less than a load: none of these saves anything.

Registers right after a load hold what came, what is still needed of what came before, a pointer to constants if more
of them come, one to inputs (x), which may be y's too where their distance is known when code is generated, and else y
until the last store; or it comes back by a load more. What else goes to the stack takes a load back and an instruction
to go there. VMOV from FPU registers is a load of two words that needs no pointer. Temporaries are never counted, and
nothing is asked of the order in memory but that a load brings consecutive words.
"""

from __future__ import annotations

from functools import cache
from math import ceil, inf

from benchmarks import bounds_pixels_dsp

CALL, SAVED = 11, ((14, 2), (5, 1))  # registers, and the instructions that save them and return
ALL = SAVED[0][0]
WORD, HALVES = 4, 2  # inputs of a word; of a register that SMLAD takes
SINGLE = 2.0  # of an output besides two multiplications: SSAT, which it may not need, and STRB
DIVIDER = 1
CONSTANTS = 1 + DIVIDER  # of a unit, besides weights and bias
FLAGS = 1  # what sets those that SEL asks, at the least
FOUR, LOADS_OF_FOUR = 4, 5

OF_PIXEL, WEIGHTS, OF_WORD = 7, 5, 4  # constants of a pixel of two words; weights and bias; what its last word needs
MOST_WITHOUT = 6  # registers
LONGEST = 12  # loads that a pixel is in registers for; at more it pays more than any other
MOST_STORED = 13  # words of a store


def least(
    samples: int, units: int, inputs: int, together: float = 1.5, multipliers: int = 1, apart: bool = False,
    joined: float = 1.5,
) -> float:  # fmt: skip
    """Instructions of a layer of `samples` samples or pixels; 0 where nothing is known.

    Args:
        together: what puts an output into a word. multipliers: different ones of all units. apart: whether what is
            between two pixels is not read. joined: as `together`, without SEL.
    """
    arithmetic = CALL + samples * units * -(-inputs // HALVES) + -(-samples * inputs // HALVES)
    if samples == 1:
        loads = min(saved + loads_of_one(units, inputs, n, multipliers) for n, saved in SAVED)
        return arithmetic + outputs(units, together) + loads
    saved = SAVED[0][1]  # with few registers all these take more loads than that saves
    if units == 1 and samples == FOUR and inputs % WORD == 0 and inputs >= FOUR * WORD:
        return arithmetic + outputs(samples, together) + saved + LOADS_OF_FOUR
    if units == 1 and inputs == 2 * WORD:
        moves = max(moves_of_pixels(samples, together, apart), bounds_pixels_dsp.moves(samples))
        selected = samples * (2 + together) + FLAGS + moves
        plain = samples * (2 + joined) + moves_of_pixels(samples, joined, apart)
        return arithmetic + saved + min(plain, selected)
    return 0.0


def outputs(count: int, together: float) -> float:
    """To requantize so many outputs, and to store all words of them at once."""
    return (2 + together) * count + (count >= FOUR)


def loads_of_one(units: int, inputs: int, registers: int, multipliers: int = 1) -> int:
    """Of one sample, whose weights are of use once.

    Nothing leaves a register before inputs and weights came, so the first two loads bring no more than there are
    registers but y's (or x's) and the constants' pointer. At later ones a sum or inputs are live; at the third one,
    unless a unit can be finished before, each unit's sum or all inputs. (Where only x words came and b units have
    begun, of the first two loads all but 2 x b words are live: so few that four is as much as may be asked.) Inputs
    after the last constants, when that pointer is free, are few, as their weights, twice as many, are there. Inputs
    that are loaded again save no more than they are. Where one of the loads is for y alone, the others have a register
    more.
    """
    words, weights = -(-inputs // WORD), -(-inputs // HALVES)
    needed = words + units * (weights + 1) + multipliers + DIVIDER
    finished = words + weights + 1 + CONSTANTS <= registers - 2
    third = 1 if finished else min(units, words, 4)
    loads = 2
    while needed > max(_brought(loads, registers, third), _brought(loads - 1, registers + 1, third)):
        loads += 1
    return loads


def _brought(loads: int, registers: int, third: int) -> int:
    """Words of so many loads. With few registers no pointer is asked for, as loads of two words have none; with many
    these bring less than that register."""
    last = registers - 1
    free = last - (registers > MOST_WITHOUT)
    if loads <= 3:
        return (0, 0, last, free + last - third)[loads]
    return free + free - third + (loads - 4) * (free - 1) + last - 1


# Four samples of one output, 16 inputs or more: five loads. Said four were enough, of 16 words of inputs or more and 11
# constants or more, 8 of them weights:
# - All inputs in one load are too many, so there are two loads of them or more, and one or two of constants.
# - One of constants: with all 11 there is room for 3 inputs before it; each load of inputs after it, of n words, needs
#   the weights of min(n, 4) places, multiplier and divider: 2 * 4 + 2 + 5 > 14, so n <= 4. 3 * 4 < 16.
# - Two of constants, two of inputs, none else. Inputs last: x and as before n <= 3, so the first load brought 13,
#   besides x and the constants' pointer, or all of these. Both of inputs first: 16 live. Else: after the first ones of
#   both kinds, besides these two pointers, c + n <= 12 of constants and inputs. No sample is finished, which takes 11
#   constants; at the second load of inputs, besides the pointers, the 16 - n others and a register at least for each
#   sample that has begun: n >= 4 + n / 4, so n >= 6 and c <= 6. One of these is the bias, else all n inputs are live
#   (or an ADD more makes up for the load). So of two places or more a weight is missing, whose words of all four
#   samples are live at the last load, and of each sample another word or the sum, y, and two weights: 8 + 4 + 1 + 2
#   > 14; of three places 12 + 4, of four 16.
# - What goes to the stack takes two of the four; one load for y or pointers leaves one of constants, as above.


@cache
def cost(y: int, packed: int) -> float:
    """Loads that a pixel of two words and one output pays, with `y` registers for y and `packed` ones for outputs.

    Right after each load a pixel in registers, a word, sum or output that is not finished, pays for each of these what
    it is of all registers but those of constants, y, outputs and, where inputs come, x: so all pixels together pay no
    more than the loads there are. It needs all 7 constants (a bias, 4 weights, multiplier, divider) while it is there:
    - one load: both words, beside all constants;
    - two: its words, then constants, where it is one sum if the first five were there and two words or sums if not;
      or a word at each, beside all 7 and then beside 4;
    - more: 1 at each, and 2 where the second word comes; together they have all constants.
    A word that VMOV brings pays half of that.

    A load of inputs may take x's own register as well, `inputs` + 1, if an instruction brings x back, right after which
    x takes one of `other`. Of these two instructions 3/2 are paid right after the first one, 1/2 after the second one.
    """
    inputs, other = ALL - 1 - y - packed, ALL - y - packed
    found = [0.5 + _paid(1, inputs), _paid(2, inputs - OF_PIXEL)]
    found.append(_paid(1, inputs - OF_PIXEL) + _paid(2, inputs - OF_WORD))
    for first in range(OF_PIXEL):
        found.append(_paid(2, inputs - first) + _paid(1 + (first < WEIGHTS), other - (OF_PIXEL - first)))
    for more in range(2, LONGEST):
        found.append(_together(((2, inputs), *((1, other),) * more), OF_PIXEL))
    whole, last = inputs + 1, other - 1  # registers with x's own, and as x comes back
    found.append(_paid(3, whole - OF_PIXEL))
    for n in range(OF_PIXEL):
        found.append(_paid(3, whole - n) + _paid((1 + (n < WEIGHTS)) / 2, last - (OF_PIXEL - n)))
    for loads in (((3, whole), (0.5, last), (1, other)), ((2, inputs), (1.5, whole), (0.5, last)),
                  ((1, inputs), (3, whole), (0.5, last)), ((1.5, whole), (0.5, last), (2, inputs))):  # fmt: skip
        found.append(_together(loads, OF_PIXEL))
    return min(found)


@cache
def stacked(packed: int) -> float:
    """The same of a pixel that waits on the stack, with `packed` registers for outputs when it comes back.

    It pays at its words' load, at PUSH and at POP: as one sum, if weights and bias came with the words, as two if not;
    or at four loads or more.
    """
    inputs, other = ALL - 1, ALL
    found = [0.5 + _paid(1, inputs)]
    for first in range(OF_PIXEL + 1):
        parts = 1 + (first < WEIGHTS)
        back = _paid(parts, other - packed - (OF_PIXEL - first))
        found.append(_paid(2, inputs - first) + _paid(parts, other) + back)
    for more in range(2, LONGEST):
        found.append(_together(((2, inputs), *((1, other),) * more, (1, other - packed)), OF_PIXEL))
        found.append(_together(((1, other),) * (more + 1) + ((2, inputs - packed),), OF_PIXEL))
    past = ((0.5, other - 1), (1, other), (1, other - packed))  # as in `cost`, x's register overwritten
    found += [
        _together(((3, inputs + 1), *past), OF_PIXEL),
        _together(((2, inputs), (1.5, inputs + 1), *past), OF_PIXEL),
    ]
    return min(found)


@cache
def cost_apart(y: int, packed: int) -> float:
    """As `cost`, of every second pixel.

    Of four words that follow each other two are of use, so that a load into r registers brings (r + 2) / 2 of them at
    the most. Right after it each of these pays 2 / (r + 2), where r are all but those of constants, y and outputs, and
    what is older 1 / (r + 2); after a load of constants a word or sum pays 1 / r. Nothing is asked for x.
    """
    return _apart(ALL - y - packed, ALL - y - packed, ())


@cache
def stacked_apart(packed: int) -> float:
    """As `stacked`, the same."""
    return _apart(ALL, ALL - packed, (1 / ALL,))


def _apart(inputs: int, last: int, more: tuple[float, ...]) -> float:
    """With `inputs` registers at loads of inputs, `last` at the last one, of whatever; `more` is paid besides."""
    found = [0.5 + _paid(2, inputs + 2)]
    if not more:
        found += [_paid(4, inputs - OF_PIXEL + 2), _paid(2, inputs - OF_PIXEL + 2) + _paid(3, inputs - OF_WORD + 2)]
    for first in range(OF_PIXEL + 1):
        rest = _paid(1 + (first < WEIGHTS), last - (OF_PIXEL - first))
        found.append(_paid(4, inputs - first + 2) + rest)
    for others in range(1, LONGEST):
        constants = ((1, inputs),) * (others - 1) + ((1, last),)
        if others > 1:
            found.append(_together(((4, inputs + 2), *constants), OF_PIXEL))
        found.append(_together(((2, inputs + 2), (3, inputs + 2), *constants), OF_PIXEL))
    return min(found) + sum(more)


def _paid(parts: float, registers: int) -> float:
    return parts / registers if registers >= parts else inf


@cache
def _together(loads: tuple[tuple[float, int], ...], constants: int) -> float:
    """The least of loads of (parts, registers) that are beside so many constants in all."""
    if not loads:
        return inf if constants else 0.0
    parts, registers = loads[0]
    return min(_paid(parts, registers - n) + _together(loads[1:], constants - n) for n in range(constants + 1))


@cache
def _of_pixel(together: float, apart: bool) -> float:
    """Loads and stores that a pixel pays at the least, where putting its output into a word takes `together`.

    Of the outputs that one store takes and that never were on the stack, the i-th to be finished was in registers with
    at most 13 others that were not (12 beside y), so that i - 14 were finished before it came, four of them a register;
    as many when the i-th came back from the stack. That store takes 1, of a pixel alone as much as SSAT and STRB take
    more than to put it into a word; a store of more than two words takes y, which was there at all loads, or came by an
    instruction more (also where several stores use it: pixels in registers as it comes, 13 at most, save less than
    that; those on the stack are taken as without it). Words that wait on the stack take PUSH, and a load and a store
    for 13.
    """
    alone = SINGLE if together > 1 else SINGLE - 1  # no output needs a clamp
    found = [(cost_apart if apart else cost)(0, 0) + alone - together]
    for count in range(1, FOUR * MOST_STORED + 1):
        words = -(-count // FOUR)
        stored = min(1 if words <= 2 else 2, 1 + 2 * words / MOST_STORED)
        for on_stack in range(count + 1):
            with_y, without = (_loads(y, count - on_stack, on_stack, apart) for y in (1, 0))
            found.append(min(with_y + 1, without + stored) / count)
    return min(found)


@cache
def _loads(y: int, never: int, on_stack: int, apart: bool) -> float:
    """Of the outputs of a store."""

    def outputs_at(i: int) -> int:
        return max(0, -(-(i + 1 - ALL + y) // FOUR))

    pays, waits = (cost_apart, stacked_apart) if apart else (cost, stacked)
    return sum(pays(y, outputs_at(i)) for i in range(never)) + sum(waits(outputs_at(i)) for i in range(on_stack))


def moves_of_pixels(pixels: int, together: float, apart: bool = False) -> int:
    """Loads and stores of pixels of two words and one output. The last load of inputs may take the register of x too:
    one pixel is left out."""
    return ceil(_of_pixel(together, apart) * (pixels - 1))
