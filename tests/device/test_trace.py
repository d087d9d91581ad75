"""QEMU's log of executed blocks, as it comes: in pieces, with listings and blocks that did not run after all."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from edgekit.device.trace import Block, Trace, _Counter
from edgekit.errors import ToolError

MARK, LOOP, END = 0x100, 0x200, 0x20C


def listing(start: int, *sizes: int) -> str:
    lines, address = ["----------------", "IN: somewhere"], start
    for size in sizes:
        lines.append(f"0x{address:08x}:  {'4770 ' * (size // 2)}    bx       lr")
        address += size
    return "\n".join([*lines, "", ""])


def executed(start: int, limit: int = 0) -> str:
    return f"Trace 0: 0x7f8038000000 [00800408/{start:08x}/00000010/ff02{limit:04x}] somewhere\n"


def read(text: str, pieces: list[int]) -> Trace:
    reading, writing = os.pipe()
    counter = _Counter(reading, MARK, lambda segment: segment % 2 == 0)
    counter.start()
    for start, stop in zip([0, *pieces], [*pieces, len(text)], strict=True):
        os.write(writing, text[start:stop].encode())
    os.close(writing)
    counter.join()
    return counter.trace()


LOG = (
    listing(END, 2) + executed(END)  # before the first call: not counted
    + listing(MARK, 4, 2) + executed(MARK)
    + listing(LOOP, 2, 4, 2) + listing(LOOP, 2) + executed(LOOP) * 3
    + executed(LOOP, 1) + "Stopped execution of TB chain before 0x7f8038000000 [00000200] somewhere\n"
    + executed(LOOP, 2) + executed(END)
    + executed(MARK) + executed(LOOP) * 5  # the second segment: not wanted
    + executed(MARK) + executed(END) + executed(END)
)  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_what_ran_is_counted_between_the_calls(seed: int) -> None:
    rng = random.Random(seed)
    found = read(LOG, sorted(rng.sample(range(1, len(LOG)), rng.randrange(30))))
    mark, loop, end = Block(MARK, 0x106, 0), Block(LOOP, 0x208, 0), Block(END, 0x20E, 0)
    assert found.marks == 3
    # The last block of all has no successor, and is not counted.
    assert found.segments == {
        0: Counter({(mark, LOOP): 1, (loop, LOOP): 3, (Block(LOOP, 0x208, 2), END): 1, (end, MARK): 1}),
        2: Counter({(mark, END): 1, (end, END): 1}),
    }


def test_a_block_that_was_never_listed_is_an_error() -> None:
    with pytest.raises(ToolError, match="a line that is not understood"):
        read(executed(MARK) + executed(LOOP), [])
