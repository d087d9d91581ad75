"""Files of data sets, read without trusting them: folders and archives behind one face.

Nothing here unpickles, and nothing allocates what a header merely claims.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

import numpy as np

from edgekit.arrays import load_arrays
from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Array, require_finite

# Limits on what is read into memory: one data set, one of its images or recordings, and the number of these.
MAX_BYTES = 8 << 30
MAX_MEMBER = 64 << 20
MAX_MEMBERS = 2_000_000
MAX_CLASSES = 65_536
# What the standard library raises on damaged archives and compressed streams.
BROKEN = (
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
)


def path_of(section: DataSection) -> Path:
    """`[data] path`. Raises InputError when it is not given or does not exist."""
    if section.path is None:
        raise InputError("[data] path", f"the data set {section.dataset} needs a file or folder, found none")
    if not section.path.exists():
        raise InputError(str(section.path), "no such file or folder", "see [data] path")
    return section.path


class Readable(Protocol):
    """A binary stream, gzip's included."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Files:
    """The files of a folder, a zip or a tar archive.

    Attributes:
        where: the folder or archive.
        names: paths of the files inside, with slashes, sorted; hidden files and what macOS adds are left out.
    """

    where: Path
    names: tuple[str, ...]
    archive: Any = None

    @classmethod
    def open(cls, where: Path) -> Files:
        """Raises InputError: neither folder nor archive, a broken archive, or too many files."""
        try:
            if where.is_dir():
                return cls(where, _visible([p.relative_to(where).as_posix() for p in where.rglob("*") if p.is_file()]))
            if zipfile.is_zipfile(where):
                archive = zipfile.ZipFile(where)
                return cls(where, _visible([i.filename for i in archive.infolist() if not i.is_dir()]), archive)
            if tarfile.is_tarfile(where):
                tar = tarfile.open(where)  # noqa: SIM115
                members = {m.name: m for m in tar.getmembers() if m.isfile()}
                return cls(where, _visible(list(members)), (tar, members))
        except BROKEN as error:
            raise InputError(str(where), f"cannot be read: {error}") from error
        raise InputError(str(where), "must be a folder, a zip or a tar archive", "see [data] path")

    def read(self, name: str, limit: int = MAX_MEMBER) -> bytes:
        """The content of a file. Raises InputError: damaged, or more than `limit` bytes, whatever is claimed."""
        try:
            with self._stream(name) as stream:
                content = stream.read(limit + 1)
        except BROKEN as error:
            raise InputError(f"{self.where}: {name}", f"cannot be read: {error}") from error
        if len(content) > limit:
            raise InputError(f"{self.where}: {name}", f"must be at most {limit} bytes, found more")
        return content

    def _stream(self, name: str) -> IO[bytes]:
        if self.archive is None:
            return open(self.where / name, "rb")
        if isinstance(self.archive, zipfile.ZipFile):
            return self.archive.open(name)
        tar, members = self.archive
        stream: IO[bytes] = tar.extractfile(members[name])
        return stream


def _visible(names: list[str]) -> tuple[str, ...]:
    if len(names) > MAX_MEMBERS:
        raise ValueError(f"at most {MAX_MEMBERS} files, found {len(names)}")
    return tuple(sorted(n for n in names if not any(p.startswith((".", "__MACOSX")) for p in PurePosixPath(n).parts)))


def read_npz(path: Path) -> dict[str, Array]:
    """The arrays of an .npz by name, numbers or strings; floating-point values are finite.

    Raises:
        InputError: as `edgekit.arrays.load_arrays`, or NaN.
    """
    if path.suffix.lower() != ".npz":
        raise InputError(str(path), "must be an .npz file", "see [data] path")
    found = load_arrays(path, MAX_BYTES, text=True)
    for name, array in found.items():
        require_finite(array, f"{path}: {name}")
    return found


def class_names(option: list[object] | None, array: Array | None, y: Array, where: str) -> tuple[str, ...]:
    """Class names from a data set's option, else from an array (classes,) in its file, else the numbers in `y`.

    Raises:
        InputError: no list of names, impossible characters, or more than MAX_CLASSES.
    """
    names = option if option is not None else array
    if names is None:
        count = int(y.max(initial=0)) + 1
        if not 0 < count <= MAX_CLASSES:
            raise InputError(where, f"class numbers must be in 0..{MAX_CLASSES - 1}, found {count - 1}")
        return tuple(str(number) for number in range(count))
    if (isinstance(names, np.ndarray) and names.ndim != 1) or not 0 < len(names) <= MAX_CLASSES:
        raise InputError(where, f"must list 1 to {MAX_CLASSES} class names, found {len(names)}")
    try:
        return tuple(str(name) for name in names)
    except ValueError as error:
        raise InputError(where, f"its class names are no text: {error}") from error


def read_growing(stream: Readable, size: int, chunk: int = 16 << 20) -> bytes:
    """Up to `size` bytes, in chunks, so that memory follows what is there and not what is claimed."""
    buffer = io.BytesIO()
    while size > 0 and (part := stream.read(min(chunk, size))):
        buffer.write(part)
        size -= len(part)
    return buffer.getvalue()
