"""Writing so that nothing half-written ever stays: to a temporary name beside the target, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edgekit.errors import MachineError


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn OSErrors of writing (disk full, no permission, read-only) into one MachineError that names the path."""
    try:
        yield
    except OSError as error:
        raise MachineError(str(path), f"cannot be written: {error.strerror or error}", "nothing was changed") from error


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

    The old folder stays whole until the new one is complete. Raises MachineError.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.new."))
        os.chmod(temporary, 0o755)
    try:
        yield temporary
        with disk_errors(path):
            old = path.parent / f".{path.name}.old.{os.getpid()}"
            if path.exists():
                os.rename(path, old)
            os.rename(temporary, path)
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
