"""Loads and stores of pixels of two words and one output, beside eight constants, on M4, M7 and M33.

SEL, which spares an instruction of what puts four outputs together (bounds_words_dsp.py), needs an addend besides bias,
four weights, multiplier and divider: two outputs of a word take the addend, two the divider. This is the least that
loads and stores then take, by a search over all that registers hold right after one. Taken for granted:

- Constants come and go with what else needs them: bias and two weights, which begin a sum, two weights, which end it,
  and the other three. They and x are dropped for nothing; one load brings back all that have room.
- Words come in their order, and a pixel's first one is used first. A load of inputs takes x, whose register the last of
  these words may take, or is a VMOV of two. A sum begins in a register that is free, or that another one leaves as it
  is ended or put together. What can be made is made at once; temporaries are not counted.
- Four outputs that are not stored take a register, and no more than `WAITING` wait. One instruction stores any number
  of words, and nothing is asked for y. Sums may go to the stack by PUSH and come back by POP, any number.

A word is worth 1, an instruction costs `RATE`; a sum that goes to the stack is worth `PUSHED` more there and as much
less as it comes back, which changes nothing, but may be asked without counting those that are there. So no order of
events from the call to the last store gains anything (tests/firmware/test_bounds_pixels.py): N words take N / RATE.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import ceil
from typing import NamedTuple

ALL = 14
BEGIN, END, FINISH = 3, 2, 3  # constants
WAITING, WORD = 12, 4
RATE, PUSHED = 3.0, 0.4


class State(NamedTuple):
    """In registers: which constants and x are there, and how many pixels of each kind.

    Attributes:
        raw, begun: with both words, the first one used or not; alone: 1 for a first word, 2 for a sum of one, else 0.
    """

    begin: bool = False
    end: bool = False
    finish: bool = False
    x: bool = True
    raw: int = 0
    begun: int = 0
    alone: int = 0
    sums: int = 0
    outputs: int = 0

    @property
    def done(self) -> bool:
        return not any(self[len(SIZES) :])

    @property
    def registers(self) -> int:
        held = sum(size for size, there in zip(SIZES, self[: len(SIZES)], strict=True) if there)
        return held + 2 * (self.raw + self.begun) + (self.alone > 0) + self.sums + -(-self.outputs // WORD)


SIZES = (BEGIN, END, FINISH, 1)


def moves(pixels: int) -> int:
    """Loads and stores of so many pixels at the least. Those left over are stored alone, which pays for them."""
    return ceil(2 * (pixels - pixels % WORD) / RATE)


def edges(state: State) -> Iterator[tuple[State, float]]:
    """What an event leads to, and what it gains."""
    for dropped in product(*((False, True) if there else (False,) for there in state[: len(SIZES)])):
        left = state._replace(**{n: False for n, gone in zip(State._fields, dropped, strict=False) if gone})
        free, least = ALL - left.registers, min((s for s, gone in zip(SIZES, dropped, strict=True) if gone), default=0)
        for words in range(1, (free if state.x else min(2, free)) + 1):
            if not least or words + least >= free:  # else less would have been dropped
                yield from _made(_come(left, words), words - RATE)
        absent = [i for i, there in enumerate(left[: len(SIZES)]) if not there and not dropped[i]]
        for chosen in product((False, True), repeat=len(absent)):
            new = [i for i, one in zip(absent, chosen, strict=True) if one]
            rest = free - sum(SIZES[i] for i in new)
            others = [SIZES[i] for i in absent if i not in new] + [least] * (least > 0)
            if new and 0 <= rest <= min(others, default=ALL):
                yield from _made(left._replace(**{State._fields[i]: True for i in new}), -RATE)
        for back in range(1, free + 1):
            if not least or back + least >= free:
                yield from _made(left._replace(sums=left.sums + back), back * PUSHED - RATE)
    for words in range(1, state.outputs // WORD + 1):
        stored = state._replace(outputs=state.outputs - WORD * words)
        yield from _made(stored, -RATE)
    for away in range(1, state.sums + 1):
        yield from _made(state._replace(sums=state.sums - away), -away * PUSHED - RATE)


def _come(state: State, words: int) -> State:
    """After so many words more."""
    raw, begun, alone = state.raw, state.begun, state.alone
    if alone:
        raw, begun, alone, words = raw + (alone == 1), begun + (alone == 2), 0, words - 1
    return state._replace(raw=raw + words // 2, begun=begun, alone=alone or words % 2)


def _made(state: State, gain: float) -> Iterator[tuple[State, float]]:
    """With all made that can be made; nothing where too many outputs wait then."""
    begin, end, finish, _, raw, begun, alone, sums, outputs = state
    if state.registers < ALL or (end and begun) or (finish and sums):
        if begin:
            raw, begun, alone = 0, begun + raw, 2 * (alone > 0)
        if end:
            begun, sums = 0, sums + begun
        if finish:
            sums, outputs = 0, outputs + sums
    if outputs <= WAITING:
        yield state._replace(raw=raw, begun=begun, alone=alone, sums=sums, outputs=outputs), gain
