"""Labelled samples by which quantization is judged, from a file."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.arrays import load_arrays
from edgekit.errors import InputError
from edgekit.graph import Graph
from edgekit.quantization.calibration import LABELS, check_calibration
from edgekit.quantization.judge import Judge

Array = NDArray[Any]


def judge_of(graph: Graph, path: Path | str) -> Judge:
    """A judge on all samples of an `.npz` or `.npy`, labelled where it has an array `labels` or `y` besides the inputs.

    Raises:
        InputError: missing or damaged, fits the graph not, or labels that are not one per sample.
    """
    arrays = load_arrays(path)
    named = {name: arrays.pop(name) for name in LABELS if name in arrays and name not in graph.inputs}
    if len(graph.inputs) == 1 and len(arrays) == 1:
        arrays = {graph.inputs[0]: next(iter(arrays.values()))}
    check_calibration(graph, arrays, str(path))
    return judge(graph, arrays, next(iter(named.values()), None), str(path))


def judge(graph: Graph, x: Mapping[str, Array], y: Array | None, where: str) -> Judge:
    """A judge on samples and labels; integer labels of a graph that gives one row of scores are classes.

    Raises:
        InputError: labels beyond the scores, or not one per sample.
    """
    inputs = {name: np.asarray(x[name], np.float32) for name in graph.inputs}
    shape = graph.tensors[graph.outputs[0]].shape
    width, given = prod(shape), prod(graph.tensors[graph.inputs[0]].shape)
    classes = 0
    if y is not None and y.dtype.kind in "iu":
        y = y.astype(np.int64).reshape(-1)
        classes = 0 if width == given else max(width, 2)
        if y.size and classes and not 0 <= y.min() <= y.max() < classes:
            raise InputError(f"{where}: labels", f"are {y.min()}..{y.max()}, the model tells {classes} classes apart")
    return Judge(graph, inputs, y, classes)
