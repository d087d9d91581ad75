"""Float graphs of the operators with sums: within 1e-5 of both runtimes, relative to the largest output."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.graph import Graph, Tensor
from edgekit.reference import Simulator
from edgekit.verification import random_inputs, verify
from tests.reference.picker import RandomPicker
from tests.reference.test_differential import cases, refused

OPERATORS = (
    "conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv", "average_pool_2d", "max_pool_2d", "mean", "sum"
)  # fmt: skip


def as_float(graph: Graph) -> Graph:
    """The same graph on real numbers: constants become their integers / 64, quantization goes."""
    real = graph.copy()
    for name, t in graph.tensors.items():
        if t.data is None:
            real.tensors[name] = Tensor(name, t.shape, "float32")
        else:
            limited = np.clip(t.data.astype(np.float32), -127, 127)
            real.tensors[name] = Tensor.constant(name, limited / np.float32(64))
    real.validate()
    return real


@pytest.mark.parametrize("runtime", ["tflite-micro", "litert-reference"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_float_graphs(operator: str, runtime: str) -> None:
    for seed in range(12):
        graph = as_float(cases(operator).case(RandomPicker([77, seed])))
        if refused(operator, runtime, graph):
            continue
        inputs = random_inputs(graph, 2, seed)
        largest = max(float(np.abs(a).max()) for a in Simulator(graph).run(inputs, layers=True).values())
        for layer in verify(graph, runtime, inputs).layers:
            assert layer.largest <= 1e-5 * max(largest, 1.0), (operator, runtime, seed, layer)
