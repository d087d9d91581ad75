"""Small graphs for the tests of backends and builds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.reshape import Reshape

Shape = tuple[int, ...]
IMAGE = (1, 9, 9, 3)


def one_node(
    op: Operator,
    shapes: Sequence[Shape],
    constants: Sequence[int] = (),
    dtype: str = "int8",
    values: int = 1,
    output: Shape | None = None,
) -> Graph:
    """A graph of one operator; `constants` are the inputs that are constant, all `values`."""
    q = Quantization.per_tensor(0.05, 0) if dtype != "float32" else None
    graph = Graph("one")
    for index, shape in enumerate(shapes):
        name = f"x{index}"
        if index in constants:
            graph.add(Tensor.constant(name, np.full(shape, values, dtype), q))
        else:
            graph.add(Tensor(name, shape, dtype, q))
            graph.inputs.append(name)
    names = tuple(f"x{i}" for i in range(len(shapes)))
    inferred = [output] if output is not None else op.infer([graph.tensors[n] for n in names])
    graph.outputs = [f"y{i}" for i in range(len(inferred))]
    for name, shape in zip(graph.outputs, inferred, strict=True):
        graph.add(Tensor(name, shape, dtype, q))
    graph.nodes = [Node(op, names, tuple(graph.outputs))]
    return graph


def small_int8(seed: int = 0, name: str = "small") -> Graph:
    """A convolution and a reshape, int8."""
    rng = np.random.default_rng(seed)
    graph = Graph(name, inputs=["x"], outputs=["z"])
    weights = rng.integers(-127, 128, (8, 3, 3, 3)).astype(np.int8)
    scales = rng.uniform(0.001, 0.01, 8).astype(np.float32)
    for tensor in (
        Tensor("x", IMAGE, "int8", Quantization.per_tensor(0.05, -3)),
        Tensor.constant("w", weights, Quantization.per_channel(scales, 0)),
        Tensor.constant("b", rng.integers(-1000, 1000, 8).astype(np.int32)),
        Tensor("y", (1, 5, 5, 8), "int8", Quantization.per_tensor(0.03, 5)),
        Tensor("z", (1, 200), "int8", Quantization.per_tensor(0.03, 5)),
    ):
        graph.add(tensor)
    graph.nodes = [Node(Conv2D(stride=(2, 2), activation="relu6"), ("x", "w", "b"), ("y",))]
    graph.nodes += [Node(Reshape((1, 200)), ("y",), ("z",))]
    graph.validate()
    return graph


def two_rules_broken() -> Graph:
    """Two layers that the Edge TPU rejects: unequal dilations, and a pool with an activation."""
    q = Quantization.per_tensor(0.05, 0)
    graph = Graph("bad", inputs=["x"], outputs=["z"])
    for tensor in (
        Tensor("x", (1, 8, 8, 4), "int8", q),
        Tensor.constant("w", np.ones((4, 3, 3, 4), np.int8), Quantization.per_channel(np.full(4, 0.1, np.float32), 0)),
        Tensor("y", (1, 8, 8, 4), "int8", q),
        Tensor("z", (1, 4, 4, 4), "int8", q),
    ):
        graph.add(tensor)
    graph.nodes = [
        Node(Conv2D(dilation=(1, 2)), ("x", "w"), ("y",)),
        Node(MaxPool2D(activation="relu"), ("y",), ("z",)),
    ]
    graph.validate()
    return graph
