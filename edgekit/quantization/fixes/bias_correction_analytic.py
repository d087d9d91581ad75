"""Bias correction, analytic: what rounded weights add to a layer's mean output is taken out of its bias.

A layer with weights W + E instead of W has its output moved by E x, on average by E mean(x). mean(x), per channel, is
that of the float network; padding is left out of account. M. Nagel et al., "Data-Free Quantization Through Weight
Equalization and Bias Correction", ICCV 2019, section 4.2; there mean(x) comes from batch norms.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.quantization.draft import Draft
from edgekit.quantization.layers import layers, stored
from edgekit.quantization.observe import Progress
from edgekit.quantization.statistics import statistics

COST = 40
ABOUT = "bias correction by the float network's mean activations"


def apply(draft: Draft, progress: Progress | None) -> Draft:
    means, real = statistics(draft.graph, draft.samples, progress), stored(draft)
    biases = dict(draft.biases)
    for layer in layers(draft.graph):
        if layer.source not in means:
            continue
        mean, error = means[layer.source].mean, real[layer.name][0] - layer.weights
        if layer.depthwise:
            shift = error.sum(axis=(0, 1, 2)) * np.repeat(mean, error.shape[-1] // len(mean))
        else:
            shift = error.reshape(len(error), -1, len(mean)).sum(axis=1) @ mean
        biases[layer.name] = biases.get(layer.name, layer.bias) - shift
    return replace(draft, biases=biases)
