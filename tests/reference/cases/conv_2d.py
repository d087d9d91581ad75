"""Random convolutions."""

from __future__ import annotations

import numpy as np

from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.conv_2d import Conv2D
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    kernel = [pick.integer(1, 4) for _ in range(2)]
    dilation = (choose(pick, (1, 1, 2)), choose(pick, (1, 1, 3)))
    size = [(k - 1) * d + 1 + pick.integer(0, 6) for k, d in zip(kernel, dilation, strict=True)]
    channels, filters = pick.integer(1, 9), pick.integer(1, 9)
    op = Conv2D(
        stride=(pick.integer(1, 3), pick.integer(1, 3)),
        dilation=dilation,
        padding=choose(pick, ("same", "valid")),
        activation=choose(pick, ACTIVATIONS),
    )
    graph = Graph("conv_2d", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", (choose(pick, (1, 1, 2)), *size, channels)))
    weights = picker.integers(pick, (filters, *kernel, channels), -127, 127, "int8")
    if flag(pick):
        scales = np.array([picker.scale(pick) for _ in range(filters)], np.float32)
        graph.add(Tensor.constant("w", weights, Quantization.per_channel(scales, 0)))
    else:
        graph.add(Tensor.constant("w", weights, Quantization.per_tensor(picker.scale(pick), 0)))
    names = ["x", "w"]
    if flag(pick):
        limit = choose(pick, (100, 100_000, 1 << 30))
        graph.add(Tensor.constant("b", picker.integers(pick, (filters,), -limit, limit, "int32")))
        names.append("b")
    (shape,) = op.infer([graph.tensors[n] for n in names])
    graph.add(picker.activation(pick, "y", shape))
    graph.nodes = [Node(op, tuple(names), ("y",))]
    graph.validate()
    return graph
