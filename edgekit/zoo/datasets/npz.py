"""A NumPy .npz file: vectors, images or anything that has the shape of one of them."""

from __future__ import annotations

import numpy as np

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Array, Data, limited, split
from edgekit.zoo.files import class_names, path_of, read_npz
from edgekit.zoo.options import options

PARTS = ("", "train_", "validation_", "test_")


def load(section: DataSection) -> Data:
    """Arrays `x`, `y` (split here), or `train_x`, `train_y` and perhaps `validation_x/y`, `test_x/y`.

    x (N, F), (N, H, W) or (N, H, W, C); uint8 becomes value / 255, other types stay as they are. Integer y (N,) are
    class numbers, unless option `task = "anomaly"` says that they are 0 for normal and 1 for anomalous and training
    and validation samples are all normal; floating-point y are targets of a regression; without y, x is for
    autoencoders. Class names come from the option `classes`, else an array `classes` or `y_labels`, else numbers.

    Raises:
        InputError: a damaged file, pickled objects, NaN, missing or mismatched arrays.
    """
    chosen = options(section, classes=list, task="auto")
    if chosen.task not in ("auto", "anomaly"):
        raise InputError("[data] options of npz", f"task must be auto or anomaly, found {chosen.task!r}")
    path = path_of(section)
    arrays = read_npz(path)
    prefix = "" if "x" in arrays else "train_"
    if f"{prefix}x" not in arrays:
        raise InputError(str(path), f"must hold an array x or train_x, found {', '.join(arrays) or 'none of use'}")
    parts = {part: _part(arrays, part, str(path)) for part in PARTS if f"{part}x" in arrays}
    x, y = parts[prefix]
    classes: tuple[str, ...] = ()
    if chosen.task == "auto" and f"{prefix}y" in arrays and y.dtype.kind == "i":
        classes = class_names(chosen.classes, arrays.get("classes", arrays.get("y_labels")), y, str(path))
    keep = limited(y, section)
    return split(
        section,
        x[keep],
        y[keep],
        test=parts.get("test_"),
        validation=parts.get("validation_"),
        classes=classes,
        preprocessing="value / 255" if arrays[f"{prefix}x"].dtype == np.uint8 else "",
    )


def _part(arrays: dict[str, Array], part: str, where: str) -> tuple[Array, Array]:
    x = arrays[f"{part}x"]
    if x.dtype.kind not in "biuf" or x.ndim not in (2, 3, 4):
        raise InputError(where, f"{part}x must be numbers (N, F), (N, H, W) or (N, H, W, C), found {x.dtype} {x.shape}")
    x = x[..., None] if x.ndim == 3 else x
    with np.errstate(over="ignore"):
        scaled = x.astype(np.float32) / np.float32(255) if x.dtype == np.uint8 else x.astype(np.float32)
    y = arrays.get(f"{part}y", np.zeros(len(x), np.int64))
    if y.dtype.kind not in "biuf" or y.ndim not in (1, 2) or len(y) != len(x):
        text = f"{part}y must be numbers, one row for each of the {len(x)} samples, found {y.dtype} {y.shape}"
        raise InputError(where, text)
    if y.dtype.kind == "f":
        return scaled, y.reshape(len(y), -1).astype(np.float32)
    if y.ndim != 1:
        raise InputError(where, f"class numbers in {part}y must be one per sample, found {y.shape}")
    return scaled, y.astype(np.int64)
