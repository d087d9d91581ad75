"""How kernels of broadcast operators take the operand that repeats: prepared in scratch, a short one repeatedly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.backends.c.broadcast import Repeats
from edgekit.backends.c.call import Call, Value

MOST = 512  # values that a short operand is repeated to


@dataclass(frozen=True)
class Passes:
    """What a kernel takes, roughly, in instructions: from this the number of prepared values is chosen.

    Attributes:
        turn, block: values of its main loop and of what follows that, and `of_turn`, `of_block`: what they take.
        start: what a pass over the prepared values takes beside them. prepare: what a block is prepared for.
        word: what the prepared values are a multiple of, where they are less than a group's.
    """

    turn: int
    of_turn: int
    block: int
    of_block: int
    start: int
    prepare: int
    word: int = 1


HELIUM = Passes(16, 25, 8, 18, 50, 3)
WORDS = Passes(4, 9, 4, 9, 50, 6)  # Helium, words
DSP = Passes(8, 48, 4, 27, 25, 24, 4)


def broadcast_call(
    kernel: str, found: Repeats, constants: Mapping[str, Value], call: Call, size: int, passes: Passes
) -> Call:
    """Of constants; `size` is the bytes of a prepared value."""
    count = prepared(found, passes)
    fields = {
        "groups": found.groups, "values": found.rows * found.period, "period": found.period, "prepared": count,
        **constants,
    }  # fmt: skip
    in_place = [i for i in call.in_place if i == found.large]
    scratch = size * -(-count // passes.word) * passes.word
    return Call(kernel, fields, (found.large, found.small), scratch=scratch, in_place=in_place)


def prepared(found: Repeats, passes: Passes) -> int:
    """How many values of the repeating operand are prepared: of all multiples of its period the cheapest."""
    values, period = found.rows * found.period, found.period
    most = max(1, min(found.rows, max(MOST // period, passes.word)))
    counts = [n * period for n in range(1, most + 1) if n * period % passes.word == 0 or n == found.rows]
    return min(counts, key=lambda n: _cost(values, n, passes))


def _cost(values: int, count: int, passes: Passes) -> int:
    """Of a group."""

    def passed(n: int) -> int:
        blocks = -(-(n % passes.turn) // passes.block)
        return passes.start + n // passes.turn * passes.of_turn + blocks * passes.of_block

    rounds, rest = divmod(values, count)
    return rounds * passed(count) + (passed(rest) if rest else 0) + -(-count // passes.block) * passes.prepare
