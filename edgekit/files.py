"""Writing so that nothing half-written ever stays: to a temporary name beside the target, then renamed."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import glob
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edgekit.errors import MachineError

NEW, OLD = ".new.", ".old."  # marks of folder_atomic's own names


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn OSErrors of writing (disk full, no permission, read-only) into one MachineError that names the path."""
    try:
        yield
    except OSError as error:
        raise MachineError(
            str(path),
            f"cannot be written: {error.strerror or error}",
            "give another place to write to; nothing was changed",
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; survives a killed process and a power cut. Raises MachineError."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


@contextlib.contextmanager
def folder_atomic(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that takes its place when the block ends well and vanishes when it does not.

    The old folder stays whole until the new one is complete. Where the kernel can exchange two names in one step
    (Linux), there is no moment without `path`; elsewhere a kill between two renames leaves the old folder under a
    hidden name, and `recover` puts it back. Raises MachineError.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}{NEW}"))
        os.chmod(temporary, 0o755)
    try:
        yield temporary
        with disk_errors(path):
            _sync(temporary)
            if not path.exists():
                os.rename(temporary, path)
            elif not _exchange(temporary, path):
                old = path.parent / f".{path.name}{OLD}{os.getpid()}"
                os.rename(path, old)
                os.rename(temporary, path)
                shutil.rmtree(old, ignore_errors=True)
    except MachineError as error:  # people know the folder by its own name
        raise MachineError(error.where.replace(str(temporary), str(path)), error.what, error.fix) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def recover(path: Path) -> None:
    """Put right what a killed `folder_atomic(path)` left behind. Call it while no other process writes `path`.

    An old folder whose successor never arrived gets its name back; half-written folders are removed.
    """
    with disk_errors(path):
        name = glob.escape(path.name)
        for old in sorted(path.parent.glob(f".{name}{OLD}*"), key=lambda p: p.stat().st_mtime, reverse=True):
            if path.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                os.rename(old, path)
        for new in path.parent.glob(f".{name}{NEW}*"):
            shutil.rmtree(new, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names in one step (renameat2 with RENAME_EXCHANGE, Linux 3.15); False where that does not exist."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if function is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if function(here, os.fsencode(first), here, os.fsencode(second), exchange) == 0:
        return True
    error = ctypes.get_errno()
    if error in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):  # a file system that cannot
        return False
    raise OSError(error, os.strerror(error), str(second))


def _sync(folder: Path) -> None:
    """Force the files of a folder to the disk, so that a power cut after the rename finds them whole."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
