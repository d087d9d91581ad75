"""Random transposed convolutions."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.transpose_conv import TransposeConv
from tests.reference import picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    kernel = [pick.integer(1, 4) for _ in range(2)]
    stride = (pick.integer(1, 3), pick.integer(1, 3))
    padding = choose(pick, ("same", "valid"))
    size = [pick.integer(1, 6) for _ in range(2)]
    room = [s - 1 if padding == "same" else k - 1 for s, k in zip(stride, kernel, strict=True)]
    # every output length whose convolution gives `size` back, the largest for SAME or the usual one for VALID included
    output = [(n - 1) * s + 1 + pick.integer(0, s - 1) for n, s in zip(size, stride, strict=True)]
    if padding == "valid":
        output = [n + r for n, r in zip(output, room, strict=True)]
    op = TransposeConv((output[0], output[1]), stride, padding, choose(pick, ACTIVATIONS))
    channels, filters = pick.integer(1, 9), pick.integer(1, 9)
    graph = Graph("transpose_conv", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", (choose(pick, (1, 1, 2)), *size, channels)))
    names = ("x", *picker.weights_and_bias(pick, graph, (filters, *kernel, channels)))
    (shape,) = op.infer([graph.tensors[n] for n in names])
    graph.add(picker.activation(pick, "y", shape))
    graph.nodes = [Node(op, names, ("y",))]
    graph.validate()
    return graph
