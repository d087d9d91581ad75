"""A firmware that runs as a process on the host, with its pipes as the line."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

from edgekit.errors import ToolError


class PipeLink:
    """The standard input and output of a process."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None and child.stdout is not None
        self._child, self._to, self._from = child, child.stdin, child.stdout

    def write(self, data: bytes) -> None:
        try:
            self._to.write(data)
            self._to.flush()
        except OSError as error:
            raise ToolError(
                "firmware process", f"ended with status {self._child.wait(10)}", "see its messages"
            ) from error

    def read(self, timeout: float) -> bytes:
        if not select.select([self._from], [], [], timeout)[0]:
            return b""
        data = os.read(self._from.fileno(), 1 << 16)
        if not data:
            raise ToolError("firmware process", f"ended with status {self._child.wait(10)}", "see its messages")
        return data

    def close(self) -> None:
        self._to.close()


@contextlib.contextmanager
def process(image: Path) -> Iterator[PipeLink]:
    """Run an executable; the link is its pipes. Raises ToolError when it cannot be started."""
    try:
        child = subprocess.Popen([str(image.resolve())], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
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
