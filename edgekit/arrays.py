"""Array files, `.npz` and `.npy`, read without trust: no pickle, every size checked before it is allocated.

Format: the NumPy enhancement proposal 1 (`numpy.lib.format`); an `.npz` is a zip of `.npy` members.
"""

from __future__ import annotations

import ast
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from edgekit import files
from edgekit.errors import InputError

Array = NDArray[Any]

UNNAMED = "arr_0"  # NumPy's own name for an array saved without one
MAX_BYTES = 1 << 31
MAX_ARRAYS = 4096
MAX_RANK = 16
MAX_HEADER = 4096
PIECE = 1 << 20
DTYPE = re.compile(r"[|<>]b1|[|<>][iu][1248]|[|<>]f[248]")
TEXT = re.compile(r"[<>]U[1-9][0-9]{0,3}")  # names of classes, for callers that ask for them
_DAMAGE = (
    ValueError, TypeError, KeyError, SyntaxError, IndexError, OverflowError, EOFError, RuntimeError, MemoryError,
    NotImplementedError, struct.error, zlib.error, zipfile.BadZipFile, OSError,
)  # fmt: skip


def load_arrays(path: Path | str, limit: int = MAX_BYTES, *, text: bool = False) -> dict[str, Array]:
    """Read an `.npz` or `.npy` file of numbers, with `text` also of fixed-width strings.

    NaN and infinity pass: whether they make sense is the caller's decision.

    Args:
        path: the file; its suffix says which of the two it is.
        limit: most bytes that all arrays together may have once unpacked; larger files are refused unread.

    Returns:
        Array by name, writable, in native byte order and C order; the array of an `.npy` is named `UNNAMED`.

    Raises:
        InputError: the file is missing, of another kind, damaged, too large, or holds anything but booleans, integers
            and floats of up to 64 bits.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".npz", ".npy"):
        raise InputError(str(path), "is no array file", "use .npz (numpy.savez) or .npy (numpy.save)")
    try:
        with open(path, "rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            if kind == ".npy":
                return {UNNAMED: _read_array(file, size, limit, str(path), text)}
            return _read_zip(file, limit, str(path), text)
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(str(path), "does not exist") from error
    except _DAMAGE as error:
        reason = str(error) or type(error).__name__
        raise InputError(str(path), f"cannot be read as {kind}: {reason[:200]}", "is it complete?") from error


def save_arrays(path: Path | str, arrays: Mapping[str, Array]) -> None:
    """Write arrays as an uncompressed `.npz`, or the only one as `.npy`; whole or not at all, same bytes every time.

    Raises:
        InputError: another suffix, several arrays for an `.npy`, an unusable name, or values that are not numbers.
        MachineError: the disk is full or may not be written.
    """
    path = Path(path)
    checked = {name: _checked(path, name, array) for name, array in arrays.items()}
    buffer = io.BytesIO()
    if path.suffix.lower() == ".npy" and len(checked) == 1:
        np.lib.format.write_array(buffer, next(iter(checked.values())), allow_pickle=False)
    elif path.suffix.lower() == ".npz":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name, array in checked.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
    else:
        raise InputError(str(path), f"cannot hold {len(checked)} arrays", "use .npz, or .npy for exactly one")
    files.write_atomic(path, buffer.getvalue())


def channels_first(found: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What to do where samples of shape `found` are those that are wanted, (N, ..., C), but channels come first; else
    nothing."""
    if len(found) != len(wanted) or len(found) < 3 or found[1:] != (wanted[-1], *wanted[1:-1]):
        return ""
    axes = ", ".join(map(str, (0, *range(2, len(found)), 1)))
    return f"channels come last: give x.transpose({axes})"


def _checked(path: Path, name: str, array: Array) -> Array:
    array = np.asarray(array)
    if not name or "\0" in name or len(name) > 1024:
        raise InputError(str(path), f"an array cannot be stored under the name {name[:80]!r}")
    if not _is_number(array.dtype):
        raise InputError(str(path), f"array {name} holds {array.dtype}, which is no number")
    return np.asarray(array, order="C")


def _is_number(dtype: np.dtype[Any]) -> bool:
    return dtype.kind in "biuf" and dtype.itemsize <= 8 and dtype.subdtype is None


def _read_zip(file: IO[bytes], limit: int, where: str, text: bool) -> dict[str, Array]:
    found: dict[str, Array] = {}
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > MAX_ARRAYS:
            raise InputError(where, f"holds {len(members)} members, more than the {MAX_ARRAYS} that are read")
        total = sum(m.file_size for m in members)
        if total > limit:
            raise InputError(where, f"unpacks to {total} bytes, more than the {limit} that are read")
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name == member.filename or not name or name in found:
                raise InputError(where, f"member {member.filename[:80]!r} is no array or is there twice")
            if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(where, f"member {name[:80]} is encrypted or packed by another method than deflate")
            with archive.open(member) as stream:
                found[name] = _read_array(stream, member.file_size, limit, f"{where}: array {name[:80]}", text)
    return found


def _read_header(file: IO[bytes], where: str, text: bool) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, Fortran order and type. NumPy's own parser tokenizes hostile text, and raises whatever that gives."""
    start = file.read(8)
    width = {b"\x93NUMPY\x01\x00": 2, b"\x93NUMPY\x02\x00": 4}.get(start, 0)
    if not width:
        raise InputError(where, f"starts with {start!r}, not as an array of format 1.0 or 2.0 does")
    length = int.from_bytes(file.read(width), "little")
    if length > MAX_HEADER:
        raise InputError(where, f"has a header of {length} bytes, more than the {MAX_HEADER} that are read")
    header = ast.literal_eval(file.read(length).decode("latin1").strip())
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise InputError(where, "has a header without descr, fortran_order and shape")
    kind, shape = header["descr"], header["shape"]
    if not isinstance(kind, str) or not (DTYPE.fullmatch(kind) or (text and TEXT.fullmatch(kind))):
        raise InputError(where, f"holds {str(kind)[:80]}, not booleans, integers or floats of up to 64 bits")
    if not isinstance(shape, tuple) or len(shape) > MAX_RANK or any(type(d) is not int or d < 0 for d in shape):
        raise InputError(where, f"has the impossible shape {str(shape)[:80]}")
    return shape, bool(header["fortran_order"]), np.dtype(kind)


def _read_array(file: IO[bytes], size: int, limit: int, where: str, text: bool) -> Array:
    shape, fortran, dtype = _read_header(file, where, text)
    expected = prod(shape) * dtype.itemsize
    if expected > limit:
        raise InputError(where, f"needs {expected} bytes, more than the {limit} that are read")
    header = file.tell()
    if expected != size - header:
        raise InputError(where, f"{shape} of {dtype} needs {expected} bytes, {size - header} are there")
    data = bytearray()
    while piece := file.read(min(PIECE, expected - len(data))):  # memory grows with what is there, not what is claimed
        data += piece
    if len(data) != expected:
        raise InputError(where, f"ends after {len(data)} of {expected} bytes", "is it complete?")
    if file.read(1):  # also makes a zip member check its CRC
        raise InputError(where, "goes on after its last value")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    return np.require(array.astype(dtype.newbyteorder("="), copy=False), requirements=["C", "W"])
