"""Range search: ranges of activations and scales of weights by least squared error instead of by extremes.

Activations use the range method `mse`. A weight scale is searched between a fraction of max|w| / 127 and all of it, for
every output channel alone, or for all together when weights are per tensor. A weight's error counts as much as the mean
square of the input that it multiplies (the diagonal of the layer's Hessian, as in Nagel et al., "Up or Down?", 2020):
an outlier that multiplies nothing does not take the resolution of its neighbours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.quantization.draft import Draft
from edgekit.quantization.layers import Layer, layers
from edgekit.quantization.observe import Progress
from edgekit.quantization.parameters import WEIGHT_MAX
from edgekit.quantization.statistics import statistics

COST = 30
ABOUT = "ranges of activations and weights by least squared error"
FACTORS = np.concatenate([2.0 ** -np.arange(12, 1, -1), np.arange(0.3, 1.01, 0.02)])
"""Of max|w| / 127. The small ones are for outliers that multiply inputs which are always 0."""


def apply(draft: Draft, progress: Progress | None) -> Draft:
    section = draft.section.model_copy(update={"method": "mse"})
    found = statistics(draft.graph, draft.samples, progress)
    scales = dict(draft.scales)
    for layer in layers(draft.graph):
        square = found[layer.source].square if layer.source in found else np.ones(1)
        scales[layer.name] = _scales(layer, square, draft.section.per_channel and layer.rule.per_channel)
    return replace(draft.observed(draft.graph, section, progress), scales=scales)


def _scales(layer: Layer, square: NDArray[Any], per_channel: bool) -> NDArray[np.float64]:
    """(channels,) or (1,) scales with the least weighted error."""
    weights = np.moveaxis(layer.weights.astype(np.float64), layer.rule.axis, 0)
    channels = len(weights)
    if layer.depthwise:
        importance = np.repeat(square, channels // len(square)).reshape(-1, *[1] * (weights.ndim - 1))
    else:
        importance = square if weights.shape[-1] == len(square) else np.ones(1)
    importance = np.broadcast_to(importance + 1e-10 * importance.mean() + 1e-30, weights.shape).reshape(channels, -1)
    flat = weights.reshape(channels, -1)
    largest = np.maximum(np.abs(flat).max(1), 1e-30)
    if not per_channel:
        flat, importance, largest = flat.reshape(1, -1), importance.reshape(1, -1), largest.max(keepdims=True)
    errors = []
    for factor in FACTORS:
        scale = (factor * largest / WEIGHT_MAX)[:, None]
        gap = np.clip(np.rint(flat / scale), -WEIGHT_MAX, WEIGHT_MAX) * scale - flat
        errors.append((importance * gap * gap).sum(1))
    return np.asarray(FACTORS[np.argmin(errors, axis=0)] * largest / WEIGHT_MAX)
