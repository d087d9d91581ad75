"""What a data set is: six NumPy arrays and the names of the classes; how it is checked and split."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import InputError
from edgekit.recipe import DataSection

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Data:
    """A data set in memory, split and scaled.

    Every `x` is float32: images (N, H, W, C), audio (N, frames, coefficients, 1), motion (N, time, 1, channels),
    vectors (N, F). Every `y` is int64 (N,) with class numbers, or float32 (N, outputs) for regression. Test arrays
    may be empty.

    Attributes:
        classes: names of the classes in the order of their numbers; empty for autoencoders and regression. Without
            classes, integer `y` are anomaly labels: 0 normal, 1 anomalous.
        preprocessing: how raw samples became `x`, in words and numbers, so that a device can do the same.
    """

    train_x: Array
    train_y: Array
    validation_x: Array
    validation_y: Array
    test_x: Array
    test_y: Array
    classes: tuple[str, ...] = ()
    preprocessing: str = ""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample, without the batch: (H, W, C) or (F,)."""
        return tuple(self.train_x.shape[1:])

    def fingerprint(self) -> str:
        """SHA-256 over the contents of all arrays and the class names, as 64 hexadecimal digits."""
        digest = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                digest.update(f"{field.name} {value.dtype.str} {value.shape}\n".encode())
                digest.update(np.ascontiguousarray(value).data)
            else:
                digest.update(f"{field.name} {value!r}\n".encode())
        return digest.hexdigest()


def check(data: Data, where: str) -> Data:
    """Return `data` if it keeps the contract of `Data`.

    Raises:
        InputError: wrong type or rank, a part without samples, x and y of different length, a NaN or infinite value,
            a label without a class; `where` names the data set.
    """
    for part in ("train", "validation", "test"):
        x, y = getattr(data, f"{part}_x"), getattr(data, f"{part}_y")
        if x.dtype != np.float32 or x.ndim not in (2, 4) or 0 in x.shape[1:]:
            raise InputError(where, f"{part}_x must be float32 (N, F) or (N, H, W, C), found {x.dtype} {x.shape}")
        if len(x) != len(y):
            raise InputError(where, f"{part}_x and {part}_y must have the same length, found {len(x)} and {len(y)}")
        if len(x) == 0 and part != "test":
            raise InputError(where, f"the {part} part has no samples", "use more samples or another [data] split")
        if x.shape[1:] != data.train_x.shape[1:]:
            raise InputError(where, f"{part}_x samples are {x.shape[1:]}, those of train_x {data.train_x.shape[1:]}")
        require_finite(x, f"{where}: {part}_x")
        if y.dtype.kind == "f":
            require_finite(y, f"{where}: {part}_y")
        limit = len(data.classes) if data.classes else 2
        if y.dtype.kind == "i" and len(y) and (y.min() < 0 or y.max() >= limit):
            raise InputError(where, f"labels in {part}_y must be in 0..{limit - 1}, found {y.min()}..{y.max()}")
    return data


def require_finite(x: Array, where: str) -> None:
    """Raise InputError naming the first NaN or infinite value of `x`."""
    # The sum is finite only if all values are, but may overflow by itself: so it is only the fast way to "yes".
    if x.dtype.kind == "f" and not np.isfinite(x.sum(dtype=np.float64)):
        bad = np.argwhere(~np.isfinite(x))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            raise InputError(where, f"values must be finite, found {x[index]} at {index}, {len(bad)} in all")


def take(y: Array, share: float, rng: np.random.Generator, groups: Array | None = None) -> tuple[Array, Array]:
    """Split the indices of `y` in two, at random: (rest, part) with about `share` of the samples in `part`.

    With integer `y` every class is split in the same proportion. With `groups` (N,) whole groups go to one side, so
    that for example no subject is on both.

    Raises:
        InputError: fewer than two groups to split.
    """
    if groups is not None:
        unique = rng.permutation(np.unique(groups))
        if len(unique) < 2 and share > 0:
            raise InputError("[data] split", f"needs at least 2 subjects or series to split, found {len(unique)}")
        count = min(max(1, round(share * len(unique))), len(unique) - 1) if share > 0 else 0
        chosen = np.isin(groups, unique[:count])
    else:
        chosen = np.zeros(len(y), bool)
        strata = y if y.dtype.kind == "i" else np.zeros(len(y), np.int64)
        seen = 0
        for label in np.unique(strata):
            members = rng.permutation(np.flatnonzero(strata == label))
            # Rounded on the running total, so that many small classes do not all round to nothing.
            count = round(share * (seen + len(members))) - round(share * seen)
            seen += len(members)
            chosen[members[:count]] = True
    order = rng.permutation(len(y))
    return order[~chosen[order]], order[chosen[order]]


def limited(y: Array, section: DataSection) -> Array:
    """Sorted indices of the samples to use: all, or `[data] limit` of them with all classes in proportion."""
    if section.limit is None or section.limit >= len(y):
        return np.arange(len(y))
    _, part = take(y, section.limit / len(y), np.random.default_rng([section.seed, 0x11]))
    return np.sort(part)


def split(
    section: DataSection,
    x: Array,
    y: Array,
    *,
    test: tuple[Array, Array] | None = None,
    validation: tuple[Array, Array] | None = None,
    groups: Array | None = None,
    classes: tuple[str, ...] = (),
    preprocessing: str = "",
) -> Data:
    """Make a `Data` of samples `x`, `y`; parts that the data set does not have are cut off at random.

    The cut is a function of `section.seed` alone. Raises InputError as `check` and `take` do.
    """
    rng = np.random.default_rng(section.seed)
    keep = np.arange(len(y))
    if test is None:
        keep, part = take(y, section.test, rng, groups)
        test = x[part], y[part]
    if validation is None:
        rest, part = take(y[keep], section.validation, rng, None if groups is None else groups[keep])
        keep, part = keep[rest], keep[part]
        validation = x[part], y[part]
    data = Data(x[keep], y[keep], *validation, *test, classes=classes, preprocessing=preprocessing)
    return check(data, f"data set {section.dataset}")


def only_normal(data: Data, normal: tuple[str, ...]) -> Data:
    """Turn a classification set into one for anomaly detection.

    Training and validation keep only samples of the classes `normal`; the test part keeps all, labelled 0 for normal
    and 1 for anomalous. Raises InputError for a class that does not exist.
    """
    unknown = sorted(set(normal) - set(data.classes))
    if unknown:
        raise InputError("[data] normal", f"no class {unknown[0]!r}", f"classes: {', '.join(data.classes) or 'none'}")
    numbers = [data.classes.index(name) for name in normal]
    train, held = np.isin(data.train_y, numbers), np.isin(data.validation_y, numbers)
    return check(
        replace(
            data,
            train_x=data.train_x[train],
            train_y=np.zeros(int(train.sum()), np.int64),
            validation_x=data.validation_x[held],
            validation_y=np.zeros(int(held.sum()), np.int64),
            test_y=(~np.isin(data.test_y, numbers)).astype(np.int64),
            classes=(),
        ),
        "[data] normal",
    )


def standardized(data: Data) -> Data:
    """Scale `x` to mean 0 and standard deviation 1 per channel (last axis), measured on the training part only."""
    axes = tuple(range(data.train_x.ndim - 1))
    mean = data.train_x.mean(axes, dtype=np.float64)
    deviation = np.maximum(data.train_x.std(axes, dtype=np.float64), 1e-6)

    def scaled(x: Array) -> Array:
        return np.asarray((x - mean) / deviation, np.float32)

    numbers = f"mean {np.round(mean, 6).tolist()}, deviation {np.round(deviation, 6).tolist()}"
    text = f"{data.preprocessing}; (x - mean) / deviation per channel, {numbers}".removeprefix("; ")
    return replace(
        data,
        train_x=scaled(data.train_x),
        validation_x=scaled(data.validation_x),
        test_x=scaled(data.test_x),
        preprocessing=text,
    )
