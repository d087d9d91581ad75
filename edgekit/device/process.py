"""A firmware that runs as a process on the host, with its pipes as the line."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

from edgekit.device.link import READ_BYTES, WRITE_SECONDS
from edgekit.errors import ToolError


class PipeLink:
    """The standard input and output of a process, unbuffered."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None and child.stdout is not None
        self._child, self._to, self._from = child, child.stdin, child.stdout
        self.name = f"the pipes of process {child.pid}"
        os.set_blocking(self._to.fileno(), False)

    def write(self, data: bytes) -> None:
        try:
            while data:
                if not select.select([], [self._to], [], WRITE_SECONDS)[1]:
                    raise ToolError(
                        "firmware process", f"takes no bytes for {WRITE_SECONDS} s", "report it: edgekit doctor"
                    )
                data = data[os.write(self._to.fileno(), data) :]
        except (OSError, ValueError) as error:
            raise self._ended() from error

    def read(self, timeout: float) -> bytes:
        try:
            if not select.select([self._from], [], [], timeout)[0]:
                return b""
            data = os.read(self._from.fileno(), READ_BYTES)
        except (OSError, ValueError) as error:
            raise self._ended() from error
        if not data:
            raise self._ended()
        return data

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._to.close()

    def _ended(self) -> ToolError:
        try:
            status = f"ended with status {self._child.wait(1)}"
        except subprocess.TimeoutExpired:
            status = "closed its pipes"
        return ToolError("firmware process", status, "see its messages, then repeat")


@contextlib.contextmanager
def process(image: Path) -> Iterator[PipeLink]:
    """Run an executable; the link is its pipes. Raises ToolError when it cannot be started."""
    try:
        child = subprocess.Popen([str(image.resolve())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    except OSError as error:
        raise ToolError(str(image), f"cannot be started: {error}", "build it again on this machine") from error
    try:
        yield PipeLink(child)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
