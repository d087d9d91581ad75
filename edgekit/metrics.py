"""Scores over test data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ACCURACY, AUC, ERROR = "accuracy", "area under the ROC curve", "mean squared error"


def roc_auc(scores: NDArray[Any], positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: the chance that a positive sample scores above a negative one, ties counting half.

    Mann-Whitney U by ranks (Hanley and McNeil 1982). scores (N,), positive (N,) bool with both values present.
    """
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = int(positive.sum())
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def metric_of(output: Array, given: Array, y: Array, classes: int) -> str:
    """Which of the three metrics suits outputs (N, ...) of inputs `given` (N, ...), labels `y` and `classes`.

    Accuracy with classes. Without, `y` may hold 0 for normal and 1 for anomalous samples: of an autoencoder, whose
    output is as large as its input, the area under the ROC curve of each sample's squared error. Else that error.
    """
    if classes:
        return ACCURACY
    anomalies = y == 1 if y.dtype.kind == "i" and given.size == output.size else np.zeros(0, bool)
    return AUC if 0 < anomalies.sum() < anomalies.size else ERROR


def score(output: Array, given: Array, y: Array, classes: int) -> float:
    """The value of `metric_of`: accuracy and area in 0..1; the mean squared error against `y`, or `given` without."""
    metric = metric_of(output, given, y, classes)
    if metric == ACCURACY:
        return float((labels(output, classes) == y).mean())
    if metric == AUC:
        return roc_auc(squared(output, given), y == 1)
    return float(squared(output, y if y.size == output.size else given).mean())


def labels(scores: Array, classes: int) -> Array:
    """The classes (N,) that scores (N, ...) mean; a single one of two classes is the chance of the second."""
    flat = scores.reshape(len(scores), -1)
    return (flat[:, 0] > 0.5).astype(np.int64) if flat.shape[1] == 1 and classes == 2 else flat.argmax(1)


def squared(found: Array, wanted: Array) -> Array:
    """Mean squared error of every sample (N,)."""
    error = found.reshape(len(found), -1) - wanted.reshape(len(found), -1).astype(np.float64)
    return np.asarray((error**2).mean(1))
