"""CIFAR-10: 32x32 colour images of ten classes, in the binary version or as image files.

A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009. A record of the binary version is one byte
of label and 3 x 32 x 32 bytes, red, green, blue (https://www.cs.toronto.edu/~kriz/cifar.html).
"""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Array, Data, limited, split
from edgekit.zoo.files import Files, path_of
from edgekit.zoo.images import load_images
from edgekit.zoo.options import options

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
RECORD = 1 + 3 * 32 * 32


def load(section: DataSection) -> Data:
    """A folder or archive with `data_batch_*.bin` and `test_batch.bin`, or with images in folders named by class.

    x (N, 32, 32, 3) in 0..1. The pickled "python version" is refused: loading a pickle runs code of the file.

    Raises:
        InputError: none of these, truncated records, labels above 9, damaged images.
        ToolError: image files without Pillow installed.
    """
    options(section)
    files = Files.open(path_of(section))
    named = {PurePosixPath(name).name: name for name in files.names}
    train = sorted(name for name in named if name.startswith("data_batch_") and name.endswith(".bin"))
    if train:
        x, y = _records(section, files, [named[name] for name in train])
        test = _records(section, files, [named["test_batch.bin"]]) if "test_batch.bin" in named else None
        return split(section, x, y, test=test, classes=CLASSES, preprocessing="RGB value / 255")
    if "data_batch_1" in named:
        text = "holds the pickled version of CIFAR-10, and pickles are never loaded"
        raise InputError(str(files.where), text, "download cifar-10-binary.tar.gz")
    return load_images(section, files, CLASSES, (32, 32), False)


def _records(section: DataSection, files: Files, names: list[str]) -> tuple[Array, Array]:
    parts = []
    for name in names:
        content = np.frombuffer(files.read(name), np.uint8)
        where = f"{files.where}: {name}"
        if len(content) == 0 or len(content) % RECORD:
            raise InputError(where, f"must be records of {RECORD} bytes, found {len(content)} bytes", "truncated?")
        parts.append(content.reshape(-1, RECORD))
        if (top := int(parts[-1][:, 0].max())) >= len(CLASSES):
            raise InputError(where, f"labels must be in 0..9, found {top}")
    records = np.concatenate(parts)
    y = records[:, 0].astype(np.int64)
    keep = limited(y, section)
    planes = records[keep, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return planes.astype(np.float32) / np.float32(255), y[keep]
