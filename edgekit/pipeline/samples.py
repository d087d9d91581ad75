"""Arrays that go into a graph: calibration, test and golden samples."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import InputError, UnsupportedError
from edgekit.graph import Graph
from edgekit.verification import random_inputs

if TYPE_CHECKING:
    from edgekit.zoo.data import Data

Array = NDArray[Any]


def as_input(graph: Graph, x: Array, where: str) -> dict[str, Array]:
    """Samples (N, ...) of a data set as the input of a graph that has one; NHWC on both sides, no copy where possible.

    Raises:
        UnsupportedError: the graph has several inputs. InputError: a sample does not have the input's size.
    """
    if len(graph.inputs) != 1:
        raise UnsupportedError(graph.name, f"has {len(graph.inputs)} inputs, a data set feeds one", "use --calibration")
    shape = graph.tensors[graph.inputs[0]].shape
    if x.shape[1:] != shape[1:] and (prod(x.shape[1:]) != prod(shape[1:]) or min(x.ndim, len(shape)) > 2):
        raise InputError(
            where,
            f"its samples are {x.shape[1:]}, the model takes {shape[1:]}",
            "name the model's own data set in [data], or leave [data] out",
        )
    if shape[:1] != (1,):
        raise UnsupportedError(graph.name, f"takes {shape[:1]} samples at once, a data set feeds one", "export batch 1")
    return {graph.inputs[0]: x.reshape(len(x), *shape[1:])}


def golden_inputs(graph: Graph, count: int, data: Data | None, calibration: dict[str, Array] | None) -> tuple[
    dict[str, Array], str
]:  # fmt: skip
    """`count` inputs in the graph's own types or float, and where they are from: test data, calibration, or random."""
    if data is not None and len(data.test_x):
        return as_input(graph, data.test_x[:count], "the data set"), "test data"
    if calibration is not None:
        lengths = {name: graph.tensors[name].shape[0] for name in graph.inputs}
        return {name: calibration[name][: count * lengths[name]] for name in graph.inputs}, "calibration data"
    return random_inputs(graph, count), "random"


def arrays_digest(arrays: dict[str, Array]) -> str:
    """Hex SHA-256 over names, types, shapes and contents."""
    import hashlib

    found = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        found.update(f"{name} {array.dtype.str} {array.shape}\0".encode() + array.tobytes())
    return found.hexdigest()
