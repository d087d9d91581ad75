"""Calibration data: loading, choosing and checking it. `calibration/README.md` says what it should be."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.arrays import channels_first, load_arrays
from edgekit.errors import InputError
from edgekit.graph import Graph, Tensor
from edgekit.recipe import QuantizeSection

Array = NDArray[Any]
LABELS = ("labels", "y")  # arrays of these names are classes, not inputs
OUTSIDE_LIMIT = 0.01  # share of values outside the int8 input's range above which inputs look wrong


class CalibrationWarning(UserWarning):
    """Calibration data or inputs are valid but look wrong."""


@contextlib.contextmanager
def said_already() -> Iterator[None]:
    """No CalibrationWarning for data that has been checked before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CalibrationWarning)
        yield


def load_calibration(path: Path | str, graph: Graph, section: QuantizeSection) -> dict[str, Array]:
    """Calibration samples for `graph` from a file or a folder, `section.samples` of them, the same every time.

    An `.npz` or `.npy` is keyed by input name, or holds a single array for a graph of one input; `labels` or `y`, where
    present, make the choice even over the classes. A folder, `.zip` or `.tar` holds images of exactly the input's
    height and width, grey or RGB as the input has 1 or 3 channels, scaled to pixel / 255; the folder that an image
    lies in is its class. Other scalings need an array file.

    Raises:
        InputError: the file is missing, damaged, empty, or fits the graph not in names, shape or values.
        ToolError: images, and Pillow is not installed.
    """
    path = Path(path)
    if path.suffix.lower() not in (".npz", ".npy"):
        return _images(path, graph, section)
    arrays = load_arrays(path)
    named = {name: arrays.pop(name) for name in LABELS if name in arrays and name not in graph.inputs}
    labels = next(iter(named.values()), None)
    if len(graph.inputs) == 1 and len(arrays) == 1:
        arrays = {graph.inputs[0]: next(iter(arrays.values()))}
    check_calibration(graph, arrays, str(path))
    return choose_samples(graph, arrays, section.samples, section.seed, labels)


def choose_samples(
    graph: Graph, arrays: Mapping[str, Array], samples: int, seed: int, labels: Array | None = None
) -> dict[str, Array]:
    """At most `samples` of the samples, drawn without replacement by `seed`, in a shuffled order.

    Args:
        arrays: by input name, N samples on axis 0.
        labels: (N,) classes; then every class gets an equal share, as far as it has samples.

    Raises:
        InputError: as many labels as samples are needed.
    """
    count = sample_count(graph, arrays)
    if labels is not None and labels.shape != (count,):
        raise InputError("calibration labels", f"must be one per sample, found {labels.shape} for {count} samples")
    picked = draw(count, samples, seed, labels)
    chosen: dict[str, Array] = {}
    for name in graph.inputs:
        rows = _rows(graph.tensors[name])
        index = (picked[:, None] * rows + np.arange(rows)).reshape(-1)
        chosen[name] = arrays[name][index].astype(np.float32, copy=False)
    return chosen


def draw(count: int, samples: int, seed: int, labels: Array | None = None) -> NDArray[np.int64]:
    """Indices of at most `samples` out of `count`; turn by turn one of every class where labels are given."""
    order = np.random.default_rng(seed).permutation(count)
    if labels is not None:
        turn = np.empty(count, np.int64)
        for label in np.unique(labels):
            members = labels[order] == label
            turn[members] = np.arange(members.sum())
        order = order[np.argsort(turn, kind="stable")]
    return np.asarray(order[:samples], np.int64)


def sample_count(graph: Graph, arrays: Mapping[str, Array]) -> int:
    """Samples in arrays that fit the graph; a sample is as many rows of axis 0 as the input has."""
    return min((len(arrays[name]) // _rows(graph.tensors[name]) for name in graph.inputs), default=0)


def check_calibration(graph: Graph, arrays: Mapping[str, Array], where: str = "calibration data") -> None:
    """Refuse data that does not fit the graph, warn of data that looks wrong.

    Warns with CalibrationWarning: constant inputs, inputs that look like raw 0..255 pixels.

    Raises:
        InputError: missing or unknown inputs, wrong shape or type, no samples, NaN or infinite values.
    """
    missing, unknown = sorted(set(graph.inputs) - set(arrays)), sorted(set(arrays) - set(graph.inputs))
    if missing or unknown:
        raise InputError(
            where,
            f"inputs missing: {missing or 'none'}, unknown: {unknown or 'none'}",
            f"name the arrays {', '.join(graph.inputs)}",
        )
    counts = set()
    for name in graph.inputs:
        counts.add(_check_array(graph.tensors[name], arrays[name], f"{where}: input {name}"))
    if len(counts) > 1:
        raise InputError(where, f"inputs hold different numbers of samples: {sorted(counts)}")


def _check_array(tensor: Tensor, array: Array, where: str) -> int:
    shape, rows = tensor.shape, _rows(tensor)
    fits = array.ndim == len(shape) and array.shape[1:] == shape[1:] if shape else array.ndim == 1
    if not fits or (array.shape[0] if array.ndim else 0) % rows:
        wanted = ("N", *shape[1:]) if rows == 1 else (f"N x {rows}", *shape[1:])
        raise InputError(where, f"has shape {array.shape}, the model takes ({', '.join(map(str, wanted))})",
                         channels_first(array.shape, shape) or "samples lie on axis 0, channels last")  # fmt: skip
    if array.dtype.kind not in "fiu":
        raise InputError(where, f"holds {array.dtype}, calibration data is numbers")
    if not len(array):
        raise InputError(where, "holds no samples")
    if not np.isfinite(array).all():
        raise InputError(where, "holds NaN or infinite values")
    low, high = float(array.min()), float(array.max())
    if low == high:
        _warn(where, f"every value is {low:g}; ranges chosen from it mean nothing")
    elif low >= 0 and 200 <= high <= 255 and (array == np.floor(array)).all():
        _warn(where, "looks like raw pixels, whole numbers in 0..255; right only when the model was trained on these")
    return len(array) // rows


def check_inputs(graph: Graph, inputs: Mapping[str, Array]) -> list[str]:
    """What looks wrong about real inputs for a quantized graph: values outside the range it was calibrated on.

    Data in 0..255 for a model calibrated on 0..1 is found by this. Returns sentences, none where all looks right.
    """
    found = []
    writers = {node.inputs[0]: node.outputs[0] for node in graph.nodes if node.op.name == "quantize"}
    for name, array in inputs.items():
        tensor = graph.tensors[writers.get(name, name)]
        if tensor.quantization is None or array.dtype.kind != "f" or not array.size:
            continue
        half = float(tensor.scale) / 2
        low, high = ((end - tensor.zero_point) * float(tensor.scale) for end in (-128, 127))
        outside = float(((array < low - half) | (array > high + half)).mean())
        if outside > OUTSIDE_LIMIT:
            found.append(
                f"input {name}: {outside:.1%} of the values, which span {array.min():g}..{array.max():g}, lie outside "
                f"the calibrated range {low:.3g}..{high:.3g}; is the scaling the same as in training?"
            )
    return found


def _images(path: Path, graph: Graph, section: QuantizeSection) -> dict[str, Array]:
    from edgekit.zoo.files import Files
    from edgekit.zoo.images import SUFFIXES, decode

    if not path.exists():
        raise InputError(str(path), "does not exist")
    shape = graph.tensors[graph.inputs[0]].shape if len(graph.inputs) == 1 else ()
    if len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3):
        text = f"images suit a single input (1, H, W, 1 or 3), the model's is {shape or 'another'}"
        raise InputError(str(path), text, "use .npz with an array per input")
    files = Files.open(path)
    names = sorted(n for n in files.names if PurePosixPath(n).suffix.lower() in SUFFIXES)
    if not names:
        raise InputError(str(path), "holds no images", f"known: {', '.join(SUFFIXES)}")
    labels = np.array([str(PurePosixPath(n).parent) for n in names])
    picked = [names[i] for i in draw(len(names), section.samples, section.seed, labels)]
    x = np.empty((len(picked), *shape[1:]), np.float32)
    for index, name in enumerate(picked):
        image = decode(files.read(name), f"{path}: {name}", None, shape[3] == 1)
        if image.shape != shape[1:]:
            raise InputError(f"{path}: {name}", f"is {image.shape[0]}x{image.shape[1]}, the model takes "
                             f"{shape[1]}x{shape[2]}", "resize as in training")  # fmt: skip
        np.multiply(image, np.float32(1 / 255), out=x[index])
    arrays = {graph.inputs[0]: x}
    check_calibration(graph, arrays, str(path))
    return arrays


def _rows(tensor: Tensor) -> int:
    return tensor.shape[0] if tensor.shape else 1


def _warn(where: str, text: str) -> None:
    warnings.warn(f"{where}: {text}", CalibrationWarning, stacklevel=4)
