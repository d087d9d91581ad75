"""Graphs for the tests of passes: a small builder, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Operator, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.leaky_relu import LeakyRelu
from edgekit.graph.ops.logistic import Logistic
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.maximum import Maximum
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.relu6 import Relu6
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.split import Split
from edgekit.graph.ops.strided_slice import StridedSlice
from edgekit.graph.ops.sub import Sub
from edgekit.graph.ops.transpose import Transpose
from edgekit.reference import Simulator
from edgekit.verification import random_inputs

Array = NDArray[Any]


class Builder:
    """Appends float operators; values are named v0, v1, ..."""

    def __init__(self, *shape: int, seed: int = 0) -> None:
        self.graph = Graph("test", inputs=["x"])
        self.graph.add(Tensor("x", shape, "float32"))
        self.rng = np.random.default_rng(seed)

    def shape(self, name: str) -> tuple[int, ...]:
        return self.graph.tensors[name].shape

    def constant(self, *shape: int) -> str:
        data = self.rng.normal(size=shape).astype(np.float32)
        return self.graph.add(Tensor.constant(self.graph.unique("c"), data))

    def __call__(self, op: Operator, *inputs: str) -> str:
        return self.all(op, *inputs)[0]

    def all(self, op: Operator, *inputs: str) -> list[str]:
        shapes = op.infer([self.graph.tensors[n] for n in inputs])
        names = []
        for shape in shapes:
            names.append(self.graph.add(Tensor(self.graph.unique("v"), shape, "float32")))
        self.graph.nodes.append(Node(op, inputs, tuple(names)))
        return names

    def done(self, *outputs: str) -> Graph:
        self.graph.outputs = list(outputs)
        self.graph.validate()
        return self.graph


def same_function(before: Graph, after: Graph, tolerance: float = 1e-5) -> None:
    """Both graphs are valid, take and give the same names and shapes, and compute the same within `tolerance`."""
    after.validate()
    assert (before.inputs, before.outputs) == (after.inputs, after.outputs)
    inputs = random_inputs(before, 2, seed=3)
    expected, found = Simulator(before).run(inputs), Simulator(after).run(inputs)
    for name in before.outputs:
        assert expected[name].shape == found[name].shape
        limit = tolerance * max(1.0, float(np.abs(expected[name]).max()))
        assert np.abs(expected[name] - found[name]).max() <= limit, name


def names(graph: Graph) -> list[str]:
    return [node.op.name for node in graph.nodes]


def random_graph(seed: int, length: int = 12) -> Graph:
    """A random network over images and vectors with the operators that passes rewrite, transposes among them."""
    b = Builder(1, 6, 5, 4, seed=seed)
    values = ["x"]
    for _ in range(length):
        x = values[-1] if b.rng.random() < 0.7 else str(b.rng.choice(values))
        values += _step(b, x, values)
    outputs = {values[-1], *b.rng.choice(values[1:], 2)} if len(values) > 3 else {values[-1]}
    return b.done(*sorted(n for n in map(str, outputs) if n != "x"))


def _step(b: Builder, x: str, values: Sequence[str]) -> list[str]:
    shape = b.shape(x)
    kind = int(b.rng.integers(0, 14))
    rank, last = len(shape), shape[-1]
    if kind == 0:
        return [b(Transpose((0, *(1 + b.rng.permutation(rank - 1)).tolist())), x)]
    if kind == 1:
        return [b(LeakyRelu(0.2) if b.rng.random() < 0.3 else [Relu(), Relu6(), Logistic()][b.rng.integers(0, 3)], x)]
    if kind == 2:
        const = b.constant(*(d if b.rng.random() < 0.5 else 1 for d in shape))
        return [b([Add(), Mul(), Sub(), Maximum()][b.rng.integers(0, 4)], x, const)]
    if kind == 3:
        return [b([Add(), Mul()][b.rng.integers(0, 2)], x, b.constant(last))]
    if kind == 4:
        others = [v for v in values if b.shape(v) == shape]
        return [b([Add(), Sub(), Mul()][b.rng.integers(0, 3)], x, others[int(b.rng.integers(0, len(others)))])]
    if kind == 5 and rank == 4:
        rest = int(np.prod(shape[1:]))
        return [b(Reshape((1, rest)), x)]
    if kind == 6:
        flat = x if rank == 2 else b(Reshape((1, int(np.prod(shape[1:])))), x)
        made = b(FullyConnected(), flat, b.constant(24, b.shape(flat)[1]), b.constant(24))
        return [made, b(Reshape((1, 2, 3, 4)), made)]
    if rank != 4:
        return [b(Softmax(), x)] if kind == 7 else [b(Relu(), x)]
    if kind == 7:
        sides = tuple((0, int(b.rng.integers(0, 3))) if i else (0, 0) for i in range(4))
        return [b(Pad(sides), x)]
    if kind == 8:
        padded = b(Pad(((0, 0), (1, 1), (1, 1), (0, 0))), x)
        return [b(Conv2D((1, 1), (1, 1), "valid"), padded, b.constant(3, 3, 3, last))]
    if kind == 9:
        made = b(DepthwiseConv2D((1, 1), (1, 1), "same"), x, b.constant(1, 3, 3, last), b.constant(last))
        return [made, b(Mul(), made, b.constant(last))]
    if kind == 10:
        return [b(Mean((1, 2), bool(b.rng.integers(0, 2))), x)]
    if kind == 11:
        axis = int(b.rng.integers(1, 4))
        return [b(Concatenation(axis), x, x, b.constant(*shape))]
    if kind == 12:
        begin = tuple(int(b.rng.integers(0, d)) if i else 0 for i, d in enumerate(shape))
        parts = b.all(Split(axis=3, sizes=(1, last - 1)), x) if last > 1 else []
        return [*parts, b(StridedSlice(begin, shape, (1,) * 4), x)]
    pool = MaxPool2D if b.rng.random() < 0.5 else AveragePool2D
    return [b(pool((2, 2), (1, 1), "same"), x), b(Softmax(), x)]
