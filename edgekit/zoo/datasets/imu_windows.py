"""Motion: windows over series of accelerometer, gyroscope or other sensor samples, from CSV or .npz."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

import numpy as np

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Array, Data, limited, require_finite, split, standardized
from edgekit.zoo.files import Files, class_names, path_of, read_npz
from edgekit.zoo.options import at_least, options


@dataclass(frozen=True)
class Series:
    """One recording: samples (T, channels), its class and who made it (or an own name where that is not known)."""

    where: str
    samples: Array
    label: str
    subject: str


def load(section: DataSection) -> Data:
    """x (N, window, 1, channels), scaled to mean 0 and deviation 1 per channel of the training part.

    Windows of `window` samples every `stride`. No subject is in two parts (where subjects are not known: no series).
    Files, chosen by `path`:

    - .npz with `x` (T, channels) of all series one after the other, `lengths` (S,), `y` (S,), perhaps `subject` (S,)
      and class names in `y_labels`;
    - .csv with a header: columns `label`, perhaps `subject`, and one per channel; a series is a run of rows with the
      same label and subject;
    - a folder or archive of .csv files, `CLASS/SUBJECT_anything.csv`, with one column per channel and a header.

    Option `columns`, a list, chooses channels: names from the header, or numbers in an .npz.

    Raises:
        InputError: a damaged file, values that are no numbers, different channels, fewer than two subjects or series,
            no series as long as a window.
    """
    chosen = options(section, window=128, stride=64, columns=list)
    at_least("[data] options of imu_windows", window=(chosen.window, 1), stride=(chosen.stride, 1))
    path = path_of(section)
    if path.suffix.lower() == ".npz":
        series, classes = _from_npz(path, chosen.columns)
    else:
        series = _from_csv(path, chosen.columns)
        classes = tuple(sorted({s.label for s in series}))
    parts, labels, subjects = [], [], []
    for one in series:
        if one.samples.shape[1] != series[0].samples.shape[1]:
            text = f"must have the {series[0].samples.shape[1]} channels of {series[0].where}"
            raise InputError(one.where, f"{text}, found {one.samples.shape[1]}")
        if len(one.samples) >= chosen.window:
            view = np.lib.stride_tricks.sliding_window_view(one.samples, chosen.window, axis=0)[:: chosen.stride]
            parts.append(view.transpose(0, 2, 1)[:, :, None])
            labels += [classes.index(one.label)] * len(view)
            subjects += [one.subject] * len(view)
    if not parts:
        longest = max(len(one.samples) for one in series)
        raise InputError(str(path), f"a series must have at least {chosen.window} samples, the longest has {longest}")
    x, y = np.concatenate(parts), np.array(labels, np.int64)
    keep = limited(y, section)
    text = f"windows of {chosen.window} samples every {chosen.stride}"
    return standardized(
        split(section, x[keep], y[keep], groups=np.array(subjects)[keep], classes=classes, preprocessing=text)
    )


def _from_npz(path: Path, columns: list[object] | None) -> tuple[list[Series], tuple[str, ...]]:
    arrays = read_npz(path)
    for name in ("x", "lengths", "y"):
        if name not in arrays:
            raise InputError(str(path), f"must hold an array {name}, found {', '.join(arrays) or 'none of use'}")
    x, lengths, y = arrays["x"], arrays["lengths"], arrays["y"]
    if x.ndim != 2 or x.dtype.kind not in "iuf" or x.shape[1] == 0:
        raise InputError(f"{path}: x", f"must be numbers (T, channels), found {x.dtype} {x.shape}")
    subjects = arrays.get("subject", np.arange(len(lengths)))
    for name, array in (("lengths", lengths), ("y", y), ("subject", subjects)):
        if array.shape != (len(lengths),) or (name != "subject" and array.dtype.kind not in "iu"):
            text = f"must be integers, one for each of the {len(lengths)} series"
            raise InputError(f"{path}: {name}", f"{text}, found {array.dtype} {array.shape}")
    # Python's integers: crafted lengths must not wrap around.
    if len(lengths) == 0 or lengths.min() < 0 or sum(lengths.tolist()) != len(x):
        text = f"must be at least 0 and add up to the {len(x)} rows of x"
        raise InputError(f"{path}: lengths", f"{text}, found a sum of {sum(lengths.tolist())}")
    classes = class_names(None, arrays.get("y_labels"), y, str(path))
    if y.min() < 0 or y.max() >= len(classes):
        raise InputError(f"{path}: y", f"must be in 0..{len(classes) - 1}, found {y.min()}..{y.max()}")
    if columns is not None:
        if not columns or not all(type(c) is int and 0 <= c < x.shape[1] for c in columns):
            text = f"columns must be numbers in 0..{x.shape[1] - 1}, found {columns}"
            raise InputError("[data] options of imu_windows", text)
        x = x[:, np.array(columns, np.int64)]
    ends = np.cumsum(lengths)[:-1]
    series = [
        Series(f"{path}: series {i}", part.astype(np.float32), classes[y[i]], str(subjects[i]))
        for i, part in enumerate(np.split(x, ends))
    ]
    return series, classes


def _from_csv(path: Path, columns: list[object] | None) -> list[Series]:
    found: list[Series] = []
    if path.is_file() and path.suffix.lower() == ".csv":
        found = _runs(*_table(path.read_bytes(), str(path)), columns, str(path))
    else:
        files = Files.open(path)
        for name in files.names:
            inside = PurePosixPath(name)
            where = f"{path}: {name}"
            if inside.suffix.lower() != ".csv":
                continue
            if len(inside.parts) < 2:
                raise InputError(where, "must lie in a folder named after its class")
            header, rows = _table(files.read(name), where)
            samples = _numbers(header, rows, columns or header, where)
            found.append(Series(where, samples, inside.parts[-2], inside.stem.split("_")[0]))
    if not found:
        raise InputError(str(path), "must hold series in .csv files, found none", "see [data] path")
    return found


def _table(content: bytes, where: str) -> tuple[list[str], list[list[str]]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(where, f"is not a CSV file in UTF-8: {error}") from error
    if len(rows) < 2:
        raise InputError(where, f"must have a header and at least one row, found {len(rows)} lines")
    header = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise InputError(f"{where}, row {number}", f"must have {len(header)} columns, found {len(row)}")
    return header, rows[1:]


def _numbers(header: list[str], rows: list[list[str]], columns: list[object] | list[str], where: str) -> Array:
    for column in columns:
        if column not in header:
            raise InputError(where, f"no column {column!r}", f"there are: {', '.join(header)}")
    index = [header.index(str(column)) for column in columns]
    try:
        samples = np.array([[float(row[i]) for i in index] for row in rows], np.float32)
    except ValueError as error:
        text = f"channels must be numbers: {error}"
        raise InputError(where, text, "choose channels with [data] options columns") from error
    require_finite(samples, where)
    return samples


def _runs(header: list[str], rows: list[list[str]], columns: list[object] | None, where: str) -> list[Series]:
    if "label" not in header:
        raise InputError(where, "must have a column label", f"there are: {', '.join(header)}")
    keys = [header.index(name) for name in ("label", "subject") if name in header]
    channels = columns or [name for name in header if name not in ("label", "subject")]
    if not channels:
        raise InputError(where, "must have a column beside label and subject")
    samples = _numbers(header, rows, channels, where)
    named = np.array([[row[key].strip() for key in keys] for row in rows])
    starts = [0, *(np.flatnonzero((named[1:] != named[:-1]).any(1)) + 1).tolist(), len(rows)]
    found = []
    for number, (start, end) in enumerate(pairwise(starts)):
        subject = named[start, 1] if len(keys) == 2 else f"series {number}"
        found.append(Series(f"{where}, row {start + 2}", samples[start:end], str(named[start, 0]), str(subject)))
    return found
