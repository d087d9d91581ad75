"""What quantization costs: float against int8 in the simulator, on test data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import quantization
from edgekit.errors import VerificationError
from edgekit.graph import Graph
from edgekit.metrics import ACCURACY, AUC, ERROR, labels, metric_of, score
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
    """What the int8 graph, and the float one if given, are worth: one of three metrics.

    - accuracy of a classifier, 0..1;
    - of an autoencoder whose test part has normal and anomalous samples, the area under the ROC curve of each sample's
      mean squared error, 0..1;
    - else the mean squared error.

    Args:
        x: test inputs by name, batch-1 graphs. y: labels (N,), or targets like the outputs.
        classes: number of classes; 0 when `y` are no class numbers, but real, or integers: 0 normal, 1 anomalous.
    """
    integer = outputs(graph, x, progress, "int8 accuracy")
    real = outputs(floating, x, progress, "float accuracy") if floating is not None else None
    given = next(iter(x.values()))
    found: dict[str, Any] = {"samples": len(integer), "activations": activations(graph)}
    found["metric"], found["int8"] = metric_of(integer, given, y, classes), score(integer, given, y, classes)
    if real is None:
        return found
    found["float"] = score(real, given, y, classes)
    if classes:
        found["agreement"] = float((labels(real, classes) == labels(integer, classes)).mean())
    if found["metric"] != ERROR:
        found["drop_points"] = round(100 * (found["float"] - found["int8"]), 6)
    return found


def activations(graph: Graph) -> str:
    """The integer types of a quantized graph's activations: int8, int16, or "int8 and int16"."""
    found = {t.dtype for t in graph.tensors.values() if not t.is_constant} & {"int8", "int16"}
    return " and ".join(sorted(found, key=len)) or "int8"


def named(found: Mapping[str, Any], kind: str) -> str:
    """How people call `kind`, "float" or "int8", which stands for the quantized graph whatever its types."""
    return kind if kind == "float" else str(found.get("activations", kind))


def shown(found: Mapping[str, Any], kind: str) -> str:
    """The score of `kind`, "float" or "int8", for people."""
    value: float = found[kind]
    return {ACCURACY: f"{value:.2%}", AUC: f"{value:.4f}"}.get(found["metric"], f"{value:.6g}")


def sentence(found: Mapping[str, Any]) -> str:
    """One line for people."""
    if "reason" in found:
        return f"{found['status']}: {found['reason']}"
    both = [f"{named(found, kind)} {shown(found, kind)}" for kind in ("float", "int8") if kind in found]
    return f"{', '.join(both)} ({found['metric']}, {found['samples']:,} test samples)"


def require_drop(found: dict[str, Any], limit: float | None, improvement: Mapping[str, Any] | None = None) -> None:
    """Raises VerificationError when int8 loses more than `limit` points, or nothing is there to judge by.

    Without labelled test data what the fixes were judged by decides: `improvement`, as the manifest has it.
    """
    if limit is None:
        return
    if "drop_points" not in found and improvement is not None:
        if improvement["drop"] > limit:
            raise VerificationError(
                "[quantize] max_drop", f"{improvement['stopped']} ({improvement['measure']})",
                "use more calibration samples, or a larger max_drop; `edgekit debug` shows where it is lost",
            )  # fmt: skip
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
            f"({shown(found, 'float')} float, {shown(found, 'int8')} int8)",
            "use more calibration samples, or a larger max_drop; `edgekit debug` shows where it is lost",
        )


def layer_quality(graph: Graph, floating: Graph, x: dict[str, Array]) -> dict[str, dict[str, float | None]]:
    """`quantization.report` over some samples as JSON, by layer; sqnr in dB, None where nothing differs."""
    part = {name: array[:LAYER_SAMPLES] for name, array in x.items()}
    found = {}
    for layer in quantization.report(floating, graph, part):
        numbers = {"sqnr": layer.sqnr, "cosine": layer.cosine, "saturated": layer.saturated, "dead": layer.dead}
        found[layer.layer] = {k: round(v, 6) if math.isfinite(v) else None for k, v in numbers.items()}
    return found
