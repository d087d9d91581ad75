"""Which instructions an emulated core executes, between two calls of a marked function: QEMU's log, counted on the fly.

QEMU (`-d in_asm,exec,nochain`) logs every translation block, a run of instructions without a branch inside, when it is
translated, and a line each time one is executed. Nothing is kept but how often each block was followed by which.
"""

from __future__ import annotations

import os
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from edgekit.device.emulator import board
from edgekit.device.link import SerialLink
from edgekit.errors import ToolError

CHUNK = 1 << 20
COUNT_MASK = 0x1FF  # of the flags of a block's translation: its limit of instructions, 0 for none
EXECUTED = b"Trace "
STOPPED = b"Stopped"  # QEMU: the block of the line before did not run after all
LINE = re.compile(rb"\[[0-9a-f]+/([0-9a-f]+)/[0-9a-f]+/([0-9a-f]+)\]")
LISTED = re.compile(rb"0x([0-9a-f]+):  ((?:[0-9a-f]{4} )+)")
T = TypeVar("T")


@dataclass(frozen=True)
class Block:
    """Instructions from `start` that ran in order: those before `end`, at most `limit` where that is not 0."""

    start: int
    end: int
    limit: int


@dataclass(frozen=True)
class Trace:
    """Executions between two calls of the marked function.

    Attributes:
        marks: how often the marked function was called in all.
        segments: by number of the call, where it was wanted: how often each block ran and which address was next.
    """

    marks: int
    segments: dict[int, Counter[tuple[Block, int]]]


def record(
    image: Path,
    machine: str,
    icount_shift: int,
    mark: int,
    wanted: Callable[[int], bool],
    converse: Callable[[SerialLink], T],
) -> tuple[T, Trace]:
    """Run an image, talk to it, and give what was said and what was executed meanwhile.

    Args:
        mark: address of the function whose calls begin the segments.
        wanted: which segments are counted, by number; segment 0 begins with the first call.
        converse: is given the board's line.

    Raises:
        ToolError: QEMU is missing, does not start, or logs otherwise than known.
    """
    reading, writing = os.pipe()
    counter = _Counter(reading, mark, wanted)
    counter.start()
    try:
        with board(image, machine, icount_shift, log=writing) as port:
            os.close(writing)
            writing = -1
            link = SerialLink(port)
            try:
                said = converse(link)
            finally:
                link.close()
    finally:
        if writing >= 0:
            os.close(writing)
        counter.join()
    return said, counter.trace()


class _Counter(threading.Thread):
    """Reads the log to its end, or QEMU would wait."""

    def __init__(self, descriptor: int, mark: int, wanted: Callable[[int], bool]) -> None:
        super().__init__(daemon=True)
        self._descriptor, self._wanted = descriptor, wanted
        self._mark = b"/%08x/" % mark
        self._segment = -1
        self._pairs: dict[int, Counter[tuple[bytes, bytes]]] = {}
        self._last = b""  # the line that is not counted yet: its successor is still to come
        self._block: int | None = None  # the start of the block that is being listed
        self._ends: dict[int, int] = {}

    def run(self) -> None:
        rest = b""
        with open(self._descriptor, "rb", buffering=0) as log:
            while data := log.read(CHUNK):
                whole, newline, tail = data.rpartition(b"\n")
                if newline:
                    self._take(rest + whole)
                    rest = tail
                else:
                    rest += tail

    def _take(self, data: bytes) -> None:
        """Whole lines. The last one is taken with the next ones: it may be stopped, and its successor is not known."""
        plain = data.count(EXECUTED) == data.count(b"\n") + 1
        marked = self._mark in data or self._mark in self._last
        if plain and not marked and not self._counted():
            self._last = data[data.rfind(b"\n") + 1 :]
            return
        lines = [*([self._last] if self._last else []), *data.split(b"\n")]
        if not plain:
            lines = self._executed(lines)
        if not lines:
            self._last = b""
            return
        end = len(lines) - 1
        marks = [i for i, line in enumerate(lines[:end]) if self._mark in line] if marked else []
        for first, last in pairwise([0, *(i for i in marks if i), end]):
            self._segment += first in marks and first < last
            if self._counted():
                self._pairs.setdefault(self._segment, Counter()).update(pairwise(lines[first : last + 1]))
        self._last = lines[-1]

    def _counted(self) -> bool:
        return self._segment >= 0 and self._wanted(self._segment)

    def _executed(self, lines: list[bytes]) -> list[bytes]:
        """The lines of executions that did happen; notes the ends of the blocks that are listed between them."""
        kept: list[bytes] = []
        for line in lines:
            if line.startswith(EXECUTED):
                kept.append(line)
            elif line.startswith(STOPPED):
                kept.pop()
            elif line.startswith(b"IN:"):
                self._block = None
            elif found := LISTED.match(line):
                address = int(found[1], 16)
                self._block = address if self._block is None else self._block
                end = address + 2 * len(found[2].split())
                self._ends[self._block] = max(end, self._ends.get(self._block, 0))
        return kept

    def trace(self) -> Trace:
        """What was counted. Raises ToolError."""
        blocks: dict[bytes, Block] = {}
        segments: dict[int, Counter[tuple[Block, int]]] = {}
        for number, pairs in self._pairs.items():
            segments[number] = Counter()
            for (line, following), times in pairs.items():
                for each in (line, following):
                    if each not in blocks:
                        blocks[each] = self._decoded(each)
                segments[number][blocks[line], blocks[following].start] += times
        return Trace(self._segment + 1, segments)

    def _decoded(self, line: bytes) -> Block:
        found = LINE.search(line)
        start = int(found[1], 16) if found else -1
        if found is None or start not in self._ends:
            raise ToolError("QEMU's log", f"has a line that is not understood: {line!r}", "report it: edgekit doctor")
        return Block(start, self._ends[start], int(found[2], 16) & COUNT_MASK)
