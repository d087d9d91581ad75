"""How kernels of broadcast operators take the operand that repeats: prepared in scratch, repeated there where it is short."""

from __future__ import annotations

from collections.abc import Mapping

from edgekit.backends.c.broadcast import Repeats
from edgekit.backends.c.call import Call, Value

MOST = 512  # values that a short operand is repeated to
TURN, BLOCK = 16, 8  # values
OF_TURN, OF_BLOCK, OF_START, OF_COPY = 25, 18, 38, 3  # instructions, of a copy for a block


def broadcast_call(kernel: str, found: Repeats, constants: Mapping[str, Value], call: Call, size: int) -> Call:
    """Of constants; `size` is the bytes of a prepared value."""
    count = prepared(found)
    fields = {
        "groups": found.groups, "values": found.rows * found.period, "period": found.period, "prepared": count,
        **constants,
    }  # fmt: skip
    in_place = [i for i in call.in_place if i == found.large]
    return Call(kernel, fields, (found.large, found.small), scratch=size * count, in_place=in_place)


def prepared(found: Repeats) -> int:
    """How many values of the repeating operand are prepared: of all multiples of its period the cheapest."""
    most = max(1, min(found.rows, MOST // found.period))
    return min((_cost(found.rows * found.period, n * found.period), n) for n in range(1, most + 1))[1] * found.period


def _cost(values: int, count: int) -> int:
    """Of a group, roughly."""

    def passed(n: int) -> int:
        return OF_START + n // TURN * OF_TURN + -(-(n % TURN) // BLOCK) * OF_BLOCK

    rounds, rest = divmod(values, count)
    return rounds * passed(count) + (passed(rest) if rest else 0) + -(-count // BLOCK) * OF_COPY
