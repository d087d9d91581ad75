"""Random depthwise convolutions."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.reference import picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    kernel = [pick.integer(1, 4) for _ in range(2)]
    dilation = (choose(pick, (1, 1, 2)), choose(pick, (1, 1, 3)))
    size = [(k - 1) * d + 1 + pick.integer(0, 6) for k, d in zip(kernel, dilation, strict=True)]
    channels, multiplier = pick.integer(1, 9), choose(pick, (1, 1, 2, 3))
    op = DepthwiseConv2D(
        stride=(pick.integer(1, 3), pick.integer(1, 3)),
        dilation=dilation,
        padding=choose(pick, ("same", "valid")),
        activation=choose(pick, ACTIVATIONS),
    )
    graph = Graph("depthwise_conv_2d", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", (choose(pick, (1, 1, 2)), *size, channels)))
    names = ("x", *picker.weights_and_bias(pick, graph, (1, *kernel, channels * multiplier), axis=3))
    (shape,) = op.infer([graph.tensors[n] for n in names])
    graph.add(picker.activation(pick, "y", shape))
    graph.nodes = [Node(op, names, ("y",))]
    graph.validate()
    return graph


def _no_bias(graph: Graph) -> bool:
    """LiteRT with XNNPACK reads a bias that is not there and crashes."""
    return len(graph.nodes[0].inputs) < 3


REFUSED = {"litert": _no_bias}
