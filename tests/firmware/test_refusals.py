"""What has no C kernel is refused in words, before anything is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends import c
from edgekit.backends.c.emission import calls_of
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.reshape import Reshape
from edgekit.target import load_targets
from tests.firmware.cases import OPERATORS, random_graph
from tests.firmware.proof import Case, prove

Q = Quantization.per_tensor(0.5, 0)
TARGET = "host-c"


def unary(dtype: str, quantization: Quantization | None = Q) -> Graph:
    graph = Graph("unary", inputs=["x"], outputs=["y"], nodes=[Node(Relu(), ("x",), ("y",))])
    graph.add(Tensor("x", (1, 4), dtype, quantization))
    graph.add(Tensor("y", (1, 4), dtype, quantization))
    return graph


@pytest.mark.parametrize("dtype", ["uint8"])
def test_other_types(dtype: str, tmp_path: Path) -> None:
    graph = unary(dtype)
    with pytest.raises(UnsupportedError, match=f"layer y .relu.*{dtype}"):
        calls_of(graph, "portable")
    target = load_targets()[TARGET]
    (rejection,) = c.check(graph, target)
    assert (rejection.layer, rejection.op) == ("y", "relu") and dtype in rejection.found
    with pytest.raises(UnsupportedError):
        c.compile(graph, target, tmp_path)
    assert not list(tmp_path.iterdir())


def test_float_graphs() -> None:
    with pytest.raises(UnsupportedError, match="float32"):
        calls_of(unary("float32", None), "portable")


def test_other_arithmetics() -> None:
    graph = unary("int8")
    graph.arithmetic = "litert-reference"
    with pytest.raises(UnsupportedError, match="litert-reference"):
        calls_of(graph, "portable")


def test_weights_that_are_computed() -> None:
    graph = Graph("dynamic", inputs=["x", "w"], outputs=["y"], nodes=[Node(Conv2D(), ("x", "w"), ("y",))])
    for name, shape in (("x", (1, 2, 2, 1)), ("w", (1, 1, 1, 1)), ("y", (1, 2, 2, 1))):
        graph.add(Tensor(name, shape, "int8", Q))
    graph.validate()
    with pytest.raises(UnsupportedError, match="w must be constant"):
        calls_of(graph, "portable")


def test_constants_as_outputs() -> None:
    graph = unary("int8")
    graph.add(Tensor.constant("k", np.zeros(3, np.int8), Q))
    graph.outputs.append("k")
    with pytest.raises(UnsupportedError, match="output k is a constant"):
        calls_of(graph, "portable")


def test_a_reshaped_constant_is_copied(tmp_path: Path) -> None:
    graph = Graph("constant", inputs=["x"], outputs=["y", "z"])
    graph.nodes = [Node(Reshape((1, 6)), ("k",), ("y",)), Node(Relu(), ("x",), ("z",))]
    graph.add(Tensor.constant("k", np.arange(6, dtype=np.int8).reshape(2, 3), Q))
    for name in "xyz":
        graph.add(Tensor(name, (1, 6), "int8", Q))
    graph.validate()
    prove([Case("constant", graph, samples=1)], TARGET, tmp_path / "proof", sanitize=True)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_random_case_is_taken_or_refused_in_words(operator: str) -> None:
    """And `check` agrees with the generator."""
    target = load_targets()[TARGET]
    for seed in range(20):
        graph = random_graph(operator, seed)
        try:
            calls_of(graph, "portable")
            refused = False
        except UnsupportedError:
            refused = True
        assert bool(c.check(graph, target)) == (refused and c.is_quantized(graph)), graph.tensors
