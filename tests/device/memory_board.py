"""The harness as a shared library in this process: thousands of conversations a second, on a clock that is made up."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import weakref
from _ctypes import dlclose
from itertools import count
from pathlib import Path

from edgekit.backends.c.toolchain import WARNINGS
from edgekit.errors import ToolError

ANSWER_BYTES = 1 << 18
COPIES = count()


def build(folder: Path) -> Path:
    """Compile a `host-c` build folder's model and protocol into a library."""
    shutil.copyfile(Path(__file__).with_name("board_memory.c"), folder / "board_memory.c")
    sources = [*folder.glob("src/*.c"), *folder.glob("harness/*.c"), folder / "board_memory.c"]
    names = sorted(str(s.relative_to(folder)) for s in sources if s.name != "board_host.c")
    command = ["cc", *WARNINGS, "-O1", "-g", "-shared", "-fPIC", "-Isrc", "-Iharness", *names, "-o", "board.so"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "board.so"


class Clock:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class MemoryBoard:
    """A `Link` whose far end is the library.

    Args:
        receive_bytes: size of the board's receive buffer; the end of a longer write is lost. 0: no limit.
    """

    def __init__(self, library: Path, clock: Clock, receive_bytes: int = 0) -> None:
        self.name = "memory"
        self.clock, self.receive_bytes = clock, receive_bytes
        self._library = library
        self._answer = ctypes.create_string_buffer(ANSWER_BYTES)
        self._arrived = bytearray()
        self._alive = True
        self.reset()

    def reset(self, library: Path | None = None) -> None:
        """Start from power-up, perhaps with another firmware: a fresh copy of the library, so all its memory is new."""
        self._library = library or self._library
        # Never a name twice: dlopen would answer with the copy of an earlier board, and its memory.
        copy = self._library.with_name(f"{self._library.stem}_{next(COPIES)}.so")
        shutil.copyfile(self._library, copy)
        self._board = ctypes.CDLL(str(copy))
        copy.unlink()
        # Thousands of boards would use up the process's memory maps.
        weakref.finalize(self._board, dlclose, self._board._handle)
        self._take(self._board.memory_start(self._answer, ANSWER_BYTES))

    def unplug(self) -> None:
        self._alive = False

    def write(self, data: bytes) -> None:
        self._check()
        kept = data[: self.receive_bytes] if self.receive_bytes else data
        self._take(self._board.memory_feed(kept, len(kept), self._answer, ANSWER_BYTES))

    def read(self, timeout: float) -> bytes:
        self._check()
        if not self._arrived:
            self.clock.now += timeout
            return b""
        self.clock.now += 1e-3
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    def close(self) -> None:
        self._alive = False

    def _take(self, size: int) -> None:
        assert size < ANSWER_BYTES
        self._arrived += self._answer.raw[:size]

    def _check(self) -> None:
        if not self._alive:
            raise ToolError("memory", "the board vanished", "plug it in again")
