"""How good an int8 graph is beside its float graph: one figure in points, whatever the network is for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import InputError
from edgekit.graph import Graph
from edgekit.metrics import ACCURACY, ERROR, labels, metric_of, score
from edgekit.quantization.quality import decibels
from edgekit.reference import Simulator, dequantize_array

Array = NDArray[Any]


@dataclass(frozen=True)
class Verdict:
    """One int8 graph judged.

    Attributes:
        drop: points lost from float, by the judge's measure; may be negative with labels.
        sqnr: signal to noise of the outputs in dB.
        right: (N,) which samples are right, where the measure counts samples.
    """

    drop: float
    sqnr: float
    right: NDArray[np.bool_] | None

    def beats(self, other: Verdict) -> bool:
        """Whether this one is better by more than the standard error of the difference; if neither is, by SQNR."""
        differing = 0.0
        if self.right is not None and other.right is not None:
            differing = 100 * math.sqrt(int((self.right != other.right).sum())) / len(self.right)
        gain = other.drop - self.drop
        return gain > 0 if abs(gain) > differing else self.sqnr > other.sqnr


class Judge:
    """Judges int8 graphs on the same samples.

    With labels: accuracy of a classifier, area under the ROC curve of an autoencoder. Without, or for regressors, what
    float says is right: the share of samples whose most likely class is another one, for graphs whose output is one row
    of scores; the noise's share of the output's energy for others.

    Args:
        reference: the float graph.
        x: samples by input name, N on axis 0.
        y: labels (N,), or None. classes: number of classes; 0 when `y` are no classes.

    Attributes:
        measure: the measure in words.
        samples: N.
        score: of the float graph in 0..1, None where the measure compares with float.
    """

    def __init__(self, reference: Graph, x: Mapping[str, Array], y: Array | None = None, classes: int = 0) -> None:
        self.x, self.y, self.classes = dict(x), y, classes
        self.given = next(iter(self.x.values()))
        self.real = outputs(reference, self.x)
        self.samples = len(self.real)
        if y is not None and len(y) != self.samples:
            raise InputError("labels", f"must be one per sample, found {len(y)} for {self.samples} samples")
        self.metric = None if y is None else metric_of(self.real, self.given, y, classes)
        self.score: float | None = None
        width = self.real[0].size
        if y is not None and self.metric != ERROR:
            self.score = score(self.real, self.given, y, classes)
            self.measure = f"{self.metric} on {self.samples:,} labelled samples"
        elif width > 1 and self.real.shape[-1] == width and self.given[0].size != width:
            self.measure = f"top-1 agreement with float on {self.samples:,} samples, for want of labels"
            self.metric, self.y, self.classes = ACCURACY, labels(self.real, width), width
        else:
            self.measure = f"output noise in % of the signal's energy on {self.samples:,} samples; not accuracy"
            self.metric = ERROR

    def __call__(self, graph: Graph) -> Verdict:
        found = outputs(graph, self.x)
        noise = found.astype(np.float64) - self.real
        signal, energy = float(np.square(self.real, dtype=np.float64).sum()), float(np.square(noise).sum())
        sqnr = decibels(signal, energy)
        if self.metric == ERROR or self.y is None:
            return Verdict(100 * energy / max(signal, 1e-30), sqnr, None)
        best = 1.0 if self.score is None else self.score
        drop = 100 * (best - score(found, self.given, self.y, self.classes))
        right = labels(found, self.classes) == self.y if self.metric == ACCURACY else None
        return Verdict(drop, sqnr, right)


def outputs(graph: Graph, x: Mapping[str, Array]) -> Array:
    """The first output for all samples, as real values."""
    name = graph.outputs[0]
    return dequantize_array(Simulator(graph).run(x)[name], graph.tensors[name])
