"""MNIST's idx format, plain or gzipped: MNIST, Fashion-MNIST, EMNIST and others.

Layout of a file: two zero bytes, type code, number of dimensions, the dimensions as big-endian uint32, the values
(http://yann.lecun.com/exdb/mnist/).
"""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Array, Data, limited, split
from edgekit.zoo.files import BROKEN, MAX_BYTES, class_names, path_of, read_growing
from edgekit.zoo.options import options

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def load(section: DataSection) -> Data:
    """A folder with `train-images*` and `train-labels*`, and perhaps `t10k-` or `test-` ones, as MNIST names them.

    x (N, H, W, 1) or (N, H, W, C), bytes / 255; other types as they are. Options: `classes`, a list of names; without
    it they are the numbers.

    Raises:
        InputError: a file is missing, truncated, too long, of unknown type, or images and labels do not match.
    """
    chosen = options(section, classes=list)
    folder = path_of(section)
    x, y = _pair(folder, ("train",))
    has_test = bool(_find(folder, ("t10k", "test"), "images"))
    classes = class_names(chosen.classes, None, y, str(folder))
    keep = limited(y, section)
    test = None
    if has_test:
        test_x, test_y = _pair(folder, ("t10k", "test"))
        part = limited(test_y, section)
        test = _scaled(test_x[part]), test_y[part]
    text = "grey value / 255" if x.dtype == np.uint8 else ""
    return split(section, _scaled(x[keep]), y[keep], test=test, classes=classes, preprocessing=text)


def read(path: Path) -> Array:
    """The array in an idx file, gzipped or not.

    Raises:
        InputError: wrong magic number, unknown type, dimensions without data, data without dimensions.
    """
    try:
        with open(path, "rb") as plain:
            zipped = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else open(path, "rb") as stream:
            magic = stream.read(4)
            if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES:
                text = f"an idx file begins with 00 00 and a type 08..0e, found {magic.hex(' ') or 'nothing'}"
                raise InputError(str(path), text)
            header = stream.read(4 * magic[3])
            shape = tuple(int(n) for n in np.frombuffer(header[: len(header) // 4 * 4], ">u4"))
            dtype = np.dtype(TYPES[magic[2]])
            size = math.prod(shape) * dtype.itemsize
            if len(shape) != magic[3] or not shape or size > MAX_BYTES:
                text = f"must declare {magic[3]} dimensions and at most {MAX_BYTES} bytes, found {shape}"
                raise InputError(str(path), text)
            content = read_growing(stream, size)
            if len(content) != size or stream.read(1):
                found = f"{len(content)} bytes" if len(content) != size else "more"
                raise InputError(str(path), f"declares {shape}, {size} bytes, found {found}", "truncated or damaged?")
    except BROKEN as error:
        raise InputError(str(path), f"cannot be read: {error}") from error
    array = np.frombuffer(content, dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="))


def _find(folder: Path, prefixes: tuple[str, ...], kind: str) -> list[Path]:
    return sorted(p for prefix in prefixes for p in folder.glob(f"{prefix}*{kind}*idx*") if p.is_file())


def _pair(folder: Path, prefixes: tuple[str, ...]) -> tuple[Array, Array]:
    arrays = []
    for kind in ("images", "labels"):
        found = _find(folder, prefixes, kind)
        if not found:
            raise InputError(str(folder), f"must hold {prefixes[0]}-{kind}-idx*, found no such file", "see [data] path")
        arrays.append((found[0], read(found[0])))
    (images, x), (labels, y) = arrays
    if x.ndim not in (3, 4) or y.ndim != 1 or len(x) != len(y) or len(x) == 0:
        text = f"images (N, H, W) and labels (N) must match, found {x.shape} and {y.shape}"
        raise InputError(f"{images}, {labels.name}", text)
    return x, y.astype(np.int64)


def _scaled(x: Array) -> Array:
    x = x[..., None] if x.ndim == 3 else x
    return x.astype(np.float32) / np.float32(255) if x.dtype == np.uint8 else x.astype(np.float32)
