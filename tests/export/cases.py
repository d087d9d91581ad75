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


# Scales of inputs from which on the fixed-point input of these leaves its range, which no activation of a network does.
SIGMOIDS = {"tanh": 8.0, "logistic": 4.0}
LARGE = 32  # outputs of a resize: positions have 10 bits of fraction, whose error grows along a line


def same_places(inputs: int, outputs: int) -> bool:
    """Positions of few outputs, that fall on the same side of whole numbers by i * (in / out) and by i / (out / in)."""
    i = np.arange(outputs, dtype=np.float32)
    ours = np.floor(i * (np.float32(inputs) / np.float32(outputs)))
    return outputs <= LARGE and bool((ours == np.floor(i / (np.float32(outputs) / np.float32(inputs)))).all())


def bound_of(operator: str) -> float:
    return BOUNDS.get(operator, BOUND)


def ordinary(graph: Graph) -> bool:
    """Its accumulators stay far within int32, sigmoids and positions within their range; int8 throughout."""
    for tensor in graph.tensors.values():
        if tensor.dtype == "int16" or (tensor.dtype == "int32" and np.abs(np.asarray(tensor.data, float)).max() > 1e7):
            return False
    op = graph.nodes[0].op.name
    x, y = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    if op in SIGMOIDS:
        return float(x.scale) < SIGMOIDS[op]
    if op in ("resize_nearest_neighbor", "resize_bilinear"):
        return all(same_places(small, large) for small, large in zip(x.shape[1:3], y.shape[1:3], strict=True))
    if op == "mul":  # ONNX Runtime turns the real product in steps of the output into an int32 before it clamps
        first, second = (float(tensor.scale) for tensor in graph.node_inputs(graph.nodes[0]) if tensor is not None)
        return first * second * 255**2 < 2**31 * float(y.scale)
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
