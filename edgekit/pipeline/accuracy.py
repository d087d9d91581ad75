"""What quantization costs: float against int8 in the simulator, on test data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import quantization
from edgekit.errors import VerificationError
from edgekit.graph import Graph
from edgekit.pipeline.result import Progress
from edgekit.reference import Simulator, dequantize_array

Array = NDArray[Any]
CHUNK = 64
LAYER_SAMPLES = 16


def outputs(graph: Graph, x: dict[str, Array], progress: Progress | None, text: str) -> Array:
    """The first output of the graph for all samples, in real units."""
    simulator, name = Simulator(graph), graph.outputs[0]
    count = len(next(iter(x.values())))
    parts = []
    for start in range(0, count, CHUNK):
        found = simulator.run({n: a[start : start + CHUNK] for n, a in x.items()})[name]
        parts.append(dequantize_array(found, graph.tensors[name]))
        if progress is not None:
            progress(min(start + CHUNK, count), count, text)
    return np.concatenate(parts)


def measure(
    graph: Graph, floating: Graph | None, x: dict[str, Array], y: Array, classes: int, progress: Progress | None = None
) -> dict[str, Any]:
    """Accuracy (classification, shares of 1) or mean squared error of the int8 graph, and of the float one if given.

    Args:
        x: test inputs by name, batch-1 graphs. y: labels (N,), or targets like the outputs.
        classes: number of classes; 0 when `y` are no class numbers.
    """
    integer = outputs(graph, x, progress, "int8 accuracy")
    real = outputs(floating, x, progress, "float accuracy") if floating is not None else None
    found: dict[str, Any] = {"samples": len(integer), "metric": "accuracy" if classes else "mean squared error"}
    if classes:
        found["int8"] = float((_labels(integer, classes) == y).mean())
        if real is not None:
            found["float"] = float((_labels(real, classes) == y).mean())
            found["agreement"] = float((_labels(real, classes) == _labels(integer, classes)).mean())
            found["drop_points"] = round(100 * (found["float"] - found["int8"]), 6)
        return found
    wanted = y if y.size == integer.size else next(iter(x.values()))  # autoencoders give back their input
    found["int8"] = _squared(integer, wanted)
    if real is not None:
        found["float"] = _squared(real, wanted)
    return found


def require_drop(found: dict[str, Any], limit: float | None) -> None:
    """Raises VerificationError when int8 loses more than `limit` points, or nothing is there to judge by."""
    if limit is None:
        return
    if "drop_points" not in found:
        raise VerificationError(
            "[quantize] max_drop", "needs a float model and a labelled test part to judge by, found none",
            "give [data], or remove max_drop",
        )  # fmt: skip
    if found["drop_points"] > limit:
        raise VerificationError(
            "[quantize] max_drop",
            f"at most {limit} points allowed, int8 loses {found['drop_points']:.2f} "
            f"({found['float']:.2%} float, {found['int8']:.2%} int8)",
            "use more calibration samples, another range method, or a larger max_drop",
        )


def layer_quality(graph: Graph, floating: Graph, x: dict[str, Array]) -> dict[str, dict[str, float | None]]:
    """`quantization.report` over some samples as JSON, by layer; sqnr in dB, None where nothing differs."""
    part = {name: array[:LAYER_SAMPLES] for name, array in x.items()}
    found = {}
    for layer in quantization.report(floating, graph, part):
        numbers = {"sqnr": layer.sqnr, "cosine": layer.cosine, "saturated": layer.saturated}
        found[layer.layer] = {k: round(v, 6) if math.isfinite(v) else None for k, v in numbers.items()}
    return found


def _labels(scores: Array, classes: int) -> Array:
    flat = scores.reshape(len(scores), -1)
    return (flat[:, 0] > 0.5).astype(np.int64) if flat.shape[1] == 1 and classes == 2 else flat.argmax(1)


def _squared(found: Array, wanted: Array) -> float:
    return float(((found.reshape(-1) - wanted.reshape(-1).astype(np.float64)) ** 2).mean())
