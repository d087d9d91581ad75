"""Bias correction, empirical: the mean error of every layer's output is measured and taken out of its bias.

Layer by layer, from first to last: the error is that of the layer on what the corrected int8 layers before it give,
against the float network, before the activation. As layers are linear, the mean of the output is the output of the
mean, and one sample's work is enough. M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
Correction", ICCV 2019.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.quantization.draft import Draft
from edgekit.quantization.layers import Layer, stored
from edgekit.quantization.observe import Progress
from edgekit.quantization.walk import linear, walk

COST = 50
ABOUT = "bias correction by measured mean errors"
Array = NDArray[Any]


def apply(draft: Draft, progress: Progress | None) -> Draft:
    return walk(draft, corrected, progress, "bias correction")


def corrected(draft: Draft, layer: Layer, real: Array, found: Array) -> Draft:
    """The draft with the bias of one layer corrected; see `walk.Visit`."""
    output = draft.graph.tensors[layer.name]
    weights = stored(draft, layer.name)[layer.name][0]
    wanted = linear(layer, layer.weights, real.mean(0, keepdims=True, dtype=np.float64), output)
    given = linear(layer, weights, found.mean(0, keepdims=True, dtype=np.float64), output)
    error = (given.astype(np.float64) - wanted).reshape(-1, given.shape[-1]).mean(0)
    return replace(draft, biases={**draft.biases, layer.name: layer.bias - error})
