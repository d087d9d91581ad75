"""Full scales of the converters, from samples: what the noiseless chip sees there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from edgekit.backends.analog_pcm.chip import ideal
from edgekit.backends.analog_pcm.device import Array, Floats
from edgekit.backends.analog_pcm.mapping import Layer
from edgekit.backends.analog_pcm.network import Network
from edgekit.backends.analog_pcm.options import Options
from edgekit.graph import Graph
from edgekit.quantization.observe import batches

SAMPLES = 64  # more hardly move a percentile


def calibrated(graph: Graph, layers: Sequence[Layer], inputs: Mapping[str, Array], options: Options) -> list[Layer]:
    """`layers` with the full scales of inputs and tiles; `inputs` in real units, N samples on axis 0.

    Of each sample the `percentile` of magnitudes is taken, and of these the largest; what never happens clips.
    """
    network, states = Network(graph, layers, options), ideal(layers, options)
    given: dict[str, float] = {}
    made: dict[str, list[float]] = {}

    def watch(layer: Layer, x: Floats, sums: list[Floats]) -> None:
        given[layer.name] = max(given.get(layer.name, 0.0), _high(x, options))
        before = made.get(layer.name, [0.0] * len(sums))
        made[layer.name] = [max(was, _high(now, options)) for was, now in zip(before, sums, strict=True)]

    for count, part in enumerate(batches(graph, inputs, 1)):
        if count == SAMPLES:
            break
        network.values(part, states, converters=False, watch=watch)
    return [_scaled(layer, given[layer.name], made[layer.name]) for layer in layers]


def _high(x: Floats, options: Options) -> float:
    return float(np.percentile(np.abs(x), options.percentile))


def _scaled(layer: Layer, given: float, made: Sequence[float]) -> Layer:
    """Dead inputs or outputs get a scale of 1: any will do."""
    full = given or 1.0
    tiles = tuple(replace(tile, full_scale=high / full or 1.0) for tile, high in zip(layer.tiles, made, strict=True))
    return replace(layer, full_scale=full, tiles=tiles)
