"""Random one-operator graphs whose real-valued reading is defined: what ONNX runtimes can be compared on."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Iterator

import numpy as np

from edgekit.graph import Graph
from tests.reference.picker import RandomPicker

# ONNX computes in reals and rounds once; the simulator computes in fixed point. Steps of the output's integers.
BOUND = 1.0
BOUNDS = {"resize_bilinear": 3.0}  # 10 bits of fraction in the simulator


def bound_of(operator: str) -> float:
    return BOUNDS.get(operator, BOUND)


def ordinary(graph: Graph) -> bool:
    """Accumulators of such a graph stay far within int32, and tables of tanh within their range; int8 throughout."""
    for tensor in graph.tensors.values():
        if tensor.dtype == "int16" or (tensor.dtype == "int32" and np.abs(np.asarray(tensor.data, float)).max() > 1e7):
            return False
    if graph.nodes[0].op.name == "tanh":
        return float(graph.tensors[graph.inputs[0]].scale) < 16
    return True


def cases(operator: str, count: int) -> Iterator[tuple[int, Graph]]:
    """(seed, graph) of the first `count` random cases that are ordinary."""
    module = importlib.import_module(f"tests.reference.cases.{operator}")
    tag, done, seed = zlib.crc32(operator.encode()), 0, 0
    while done < count:
        graph = module.case(RandomPicker([tag, seed]))
        if ordinary(graph):
            yield seed, graph
            done += 1
        seed += 1
        assert seed < 100 * count, f"{operator} has hardly any ordinary case"
