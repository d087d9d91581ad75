"""The float form of every operator against LiteRT's reference kernels, on the float versions of the random cases."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from edgekit.graph import Graph, Tensor
from edgekit.verification import random_inputs, verify
from tests.reference.picker import RandomPicker
from tests.reference.test_differential import OPERATORS, cases

INTEGER_ONLY = {"quantize", "dequantize"}
CASES = 15


def float_version(graph: Graph) -> Graph:
    """The same graph without quantization; integer constants become values of at most 1."""
    found = graph.copy()
    for name, tensor in graph.tensors.items():
        if tensor.data is None:
            found.tensors[name] = Tensor(name, tensor.shape, "float32")
        else:
            values = np.asarray(tensor.data).astype(np.float32)
            found.tensors[name] = Tensor.constant(name, values / max(1.0, float(np.abs(values).max())))
    found.validate()
    return found


@pytest.mark.parametrize("operator", [name for name in OPERATORS if name not in INTEGER_ONLY])
def test_float_form(operator: str) -> None:
    tag, done = zlib.crc32(operator.encode()), 0
    for seed in range(CASES):
        graph = cases(operator).case(RandomPicker([tag, seed]))
        refuse = getattr(cases(operator), "REFUSED", {}).get("litert-reference")
        if refuse is not None and refuse(graph):
            continue
        graph = float_version(graph)
        inputs = {name: 4 * array for name, array in random_inputs(graph, 2, seed).items()}
        result = verify(graph, "litert-reference", inputs)
        largest = max(layer.largest for layer in result.layers)
        assert largest < 1e-4, f"{operator} seed {seed}: {largest}\n{graph.nodes}\n{graph.tensors}"
        done += 1
    assert done >= CASES // 3
