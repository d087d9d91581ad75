"""One build at a time in one output folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from edgekit.errors import MachineError
from edgekit.files import disk_errors


@contextlib.contextmanager
def lock(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold `folder/.lock`. The kernel frees it when the process ends, however it ends, so that no stale lock stays.

    Args:
        wait: until it is free, instead of raising.

    Raises:
        MachineError: another process holds it, or the folder cannot be written.
    """
    import fcntl

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise MachineError(
                str(folder), f"another build (process {holder}) is at work in this folder",
                "wait for it, or build into another --output",
            ) from error  # fmt: skip
        with disk_errors(folder):
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)
