"""Activation ranges of a float graph over calibration data, by the simulator's float form, a few samples at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import InputError
from edgekit.graph import Graph
from edgekit.quantization.ranges import observer_of
from edgekit.recipe import QuantizeSection
from edgekit.reference import Simulator

Array = NDArray[Any]
Progress = Callable[[int, int, str], None]
BATCH = 16  # samples whose activations are held at once


def batches(graph: Graph, inputs: Mapping[str, Array], size: int = BATCH) -> Iterator[dict[str, Array]]:
    """Cut inputs, N samples on axis 0, into parts of `size` samples."""
    rows = {name: graph.tensors[name].shape[0] if graph.tensors[name].shape else 1 for name in graph.inputs}
    count = min(len(inputs[name]) // rows[name] for name in graph.inputs)
    for start in range(0, count, size):
        stop = min(start + size, count)
        yield {name: inputs[name][start * rows[name] : stop * rows[name]] for name in graph.inputs}


def observe_ranges(
    graph: Graph, inputs: Mapping[str, Array], section: QuantizeSection, progress: Progress | None = None
) -> dict[str, tuple[float, float]]:
    """The (low, high) that `section.method` chooses for every activation of a float graph.

    Raises:
        InputError: unknown method, or an activation becomes NaN or infinite; names the layer.
        UnsupportedError: the simulator lacks a float operator.
    """
    make, simulator = observer_of(section.method), Simulator(graph)
    observers = {tensor.name: make(section) for tensor in graph.activations()}
    parts = list(batches(graph, inputs))
    for done, part in enumerate(parts):
        if progress is not None:
            progress(done, len(parts), "calibrating")
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is told below, by layer
            values = simulator.run(part, layers=True)
        for name, observer in observers.items():
            if not np.isfinite(values[name]).all():
                raise InputError(
                    f"layer {name}", "becomes NaN or infinite on calibration data", "check the data's scale, or retrain"
                )
            observer.update(values[name])
    if progress is not None:
        progress(len(parts), len(parts), "calibrating")
    return {name: observer.range() for name, observer in observers.items()}
