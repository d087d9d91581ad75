"""A small network that really tells handwritten digits apart, made in a second without training: random features and
a head by ridge regression. And ways to make it hostile to int8 without changing what it computes.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from edgekit.graph import Graph
from edgekit.quantization.layers import layers, with_constants
from edgekit.recipe import DataSection
from edgekit.reference import Simulator
from edgekit.zoo import load
from tests.quantization.graphs import Builder

CHANNELS = 24
DEAD = 4  # channels of the first layer that are always 0


def _features(seed: int) -> tuple[Builder, str]:
    b = Builder((1, 28, 28, 1), seed)
    stem = b.rng.normal(0, 0.3, (CHANNELS, 5, 5, 1))
    offset = b.rng.normal(-0.2, 0.2, CHANNELS)
    stem[:DEAD], offset[:DEAD] = 0, -1
    x = b.op("conv_2d", "x", b.constant(stem), b.constant(offset), stride=(2, 2), activation="relu")
    # mostly the mean of each channel's surroundings, so that the features stay good ones
    mixed = (np.eye(CHANNELS)[:, None, None] + b.rng.normal(0, 0.05, (CHANNELS, 3, 3, CHANNELS))) / 4
    x = b.op("conv_2d", x, b.constant(mixed), b.normal(CHANNELS, spread=0.05), stride=(2, 2), activation="relu")
    smooth = b.constant(np.array([1, 4, 1])[:, None, None] * b.rng.uniform(0.05, 0.15, (1, 3, 3, CHANNELS)))
    x = b.op("depthwise_conv_2d", x, smooth, b.normal(CHANNELS, spread=0.01), activation="relu")
    return b, b.op("reshape", x, shape=(1, 49 * CHANNELS))


@cache
def digits() -> tuple[Graph, dict[str, np.ndarray], np.ndarray, dict[str, np.ndarray]]:
    """The float graph, test inputs, their labels, and calibration inputs."""
    data = load(DataSection(dataset="digits", limit=3000))
    b, x = _features(0)
    body = b.done(x)
    features = Simulator(body).run({"x": data.train_x})[x].astype(np.float64)
    mean = features.mean(0)
    gram = (features - mean).T @ (features - mean) + 0.1 * np.eye(features.shape[1])
    head = np.linalg.solve(gram, (features - mean).T @ (np.eye(10)[data.train_y] - 0.1))
    bias = -mean @ head
    b, x = _features(0)
    graph = b.done(b.op("fully_connected", x, b.constant(head.T), b.constant(bias)))
    return graph, {"x": data.test_x}, data.test_y, {"x": data.train_x[:128]}


def hostile() -> tuple[Graph, str]:
    """The same function with a layer of 1000 times its neighbours' range, which is named, and outlier weights."""
    graph = digits()[0]
    _, wide, depthwise, *_ = layers(graph)
    weights, bias, after = wide.weights.copy(), wide.bias.copy(), depthwise.weights.copy()
    weights[4], bias[4], after[..., 4] = weights[4] * 1000, bias[4] * 1000, after[..., 4] / 1000
    weights[..., :DEAD] = 500  # they multiply what is always 0
    graph = with_constants(graph, wide.node, weights, bias)
    return with_constants(graph, depthwise.node, after, depthwise.bias), wide.name


def uneven(factor: float = 300.0) -> Graph:
    """The same function with one channel of an activation `factor` times as large as the others, and no weight scale
    worse for it: what int8 loses, its activations lose."""
    graph = digits()[0]
    _, wide, depthwise, *_ = layers(graph)
    weights, bias, after = wide.weights.copy(), wide.bias.copy(), depthwise.weights.copy()
    weights[4], bias[4], after[..., 4] = weights[4] * factor, bias[4] * factor, after[..., 4] / factor
    graph = with_constants(graph, wide.node, weights, bias)
    return with_constants(graph, depthwise.node, after, depthwise.bias)
