"""How far an int8 graph is from its float graph, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph
from edgekit.quantization.observe import batches
from edgekit.reference import Simulator, dequantize_array


@dataclass(frozen=True)
class LayerError:
    """One activation compared over all samples.

    Attributes:
        layer, op: the tensor's name and the operator that wrote it ("input" for a graph input).
        sqnr: signal to quantization noise in dB, 10 log10(sum x^2 / sum (x - q)^2); inf where all is equal.
        cosine: cosine similarity of the two, 1 where both are 0.
        saturated: share of real values that lie outside what the integer tensor can express by more than half a step.
        dead: share of the integer levels that lie beyond the lowest and the highest integer that ever occurs.
    """

    layer: str
    op: str
    sqnr: float
    cosine: float
    saturated: float
    dead: float


def report(float_graph: Graph, int8_graph: Graph, inputs: Mapping[str, NDArray[Any]]) -> list[LayerError]:
    """Compare every activation that both graphs have, in execution order; errors add up along the graph.

    Args:
        inputs: float arrays by input name, N samples on axis 0.

    Raises:
        InputError: the inputs don't fit the graphs.
    """
    real, integer = Simulator(float_graph), Simulator(int8_graph)
    writers = {name: node.op.name for node in float_graph.nodes for name in node.outputs}
    names = [*float_graph.inputs, *writers]
    pairs = [(n, _inside(int8_graph, n)) for n in names if n in int8_graph.tensors]
    sums = {name: np.zeros(6) for name, _ in pairs}
    ends = {name: (math.inf, -math.inf) for name, _ in pairs}
    for part in batches(float_graph, inputs):
        wanted, found = real.run(part, layers=True), integer.run(part, layers=True)
        for name, twin in pairs:
            tensor = int8_graph.tensors[twin]
            x = wanted[name].astype(np.float64)
            q = dequantize_array(found[twin], tensor).astype(np.float64)
            beyond = 0
            if tensor.quantization is not None:
                info = np.iinfo(tensor.dtype)
                low, high = (
                    (end - tensor.zero_point) * float(tensor.scale) for end in (info.min - 0.5, info.max + 0.5)
                )
                beyond = int(((x < low) | (x > high)).sum())
                integers = found[twin]
                ends[name] = min(ends[name][0], int(integers.min())), max(ends[name][1], int(integers.max()))
            sums[name] += (x * x).sum(), ((x - q) ** 2).sum(), (q * q).sum(), (x * q).sum(), beyond, x.size
    levels = {name: 1 << 8 * np.dtype(int8_graph.tensors[twin].dtype).itemsize for name, twin in pairs}
    return [_error(name, writers.get(name, "input"), sums[name], ends[name], levels[name]) for name, _ in pairs]


def _inside(graph: Graph, name: str) -> str:
    """The int8 tensor beside a float32 input or output of an int8 graph."""
    for node in graph.nodes:
        if node.op.name == "quantize" and node.inputs[0] == name and graph.tensors[name].dtype == "float32":
            return node.outputs[0]
        if node.op.name == "dequantize" and node.outputs[0] == name:
            return str(node.inputs[0])
    return name


def _error(name: str, op: str, sums: NDArray[np.float64], ends: tuple[float, float], levels: int) -> LayerError:
    signal, noise, energy, product, beyond, count = (float(v) for v in sums)
    norm = math.sqrt(signal * energy)
    cosine = product / norm if norm else float(signal == energy)
    dead = 1 - (ends[1] - ends[0] + 1) / levels if ends[0] <= ends[1] else 0.0
    return LayerError(name, op, decibels(signal, noise), cosine, beyond / max(count, 1), dead)


def decibels(signal: float, noise: float) -> float:
    """10 log10(signal / noise); inf without noise, -inf where there is noise but no signal."""
    return math.inf if noise == 0 else 10 * math.log10(signal / noise) if signal else -math.inf
