"""What the activations of a float graph look like, channel by channel, over calibration data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph
from edgekit.quantization.observe import Progress, batches
from edgekit.reference import Simulator

Array = NDArray[Any]


@dataclass(frozen=True)
class Statistics:
    """Of one activation, per channel of its last axis: float64 (channels,)."""

    low: Array
    high: Array
    mean: Array
    square: Array

    @property
    def largest(self) -> Array:
        """The largest magnitude."""
        return np.asarray(np.maximum(np.abs(self.low), np.abs(self.high)))


def statistics(graph: Graph, samples: Mapping[str, Array], progress: Progress | None = None) -> dict[str, Statistics]:
    """Extremes, mean and mean square of every channel of every activation with at least one axis."""
    simulator = Simulator(graph)
    found: dict[str, tuple[Array, Array, Array, Array, Array]] = {}
    parts = list(batches(graph, samples))
    for done, part in enumerate(parts):
        if progress is not None:
            progress(done, len(parts), "statistics")
        for name, values in simulator.run(part, layers=True).items():
            flat = values.reshape(-1, values.shape[-1] if graph.tensors[name].shape else 1).astype(np.float64)
            low, high, total, square = flat.min(0), flat.max(0), flat.sum(0), np.square(flat).sum(0)
            count = np.array(float(len(flat)))
            if name in found:
                old = found[name]
                low, high = np.minimum(old[0], low), np.maximum(old[1], high)
                total, square, count = old[2] + total, old[3] + square, old[4] + count
            found[name] = low, high, total, square, count
    return {name: Statistics(low, high, total / n, square / n) for name, (low, high, total, square, n) in found.items()}
