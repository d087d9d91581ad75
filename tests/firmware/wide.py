"""Random layers with weights whose channels fill vector registers and leave tails: what forms for cores speed up."""

from __future__ import annotations

from edgekit.graph import Graph, Node, Operator
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from tests.reference import picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    """1x1 and 3x3 kernels, odd image sizes, batches; channels around multiples of 4, 8 and 16."""
    activation, batch = choose(pick, ACTIVATIONS), choose(pick, (1, 1, 2))
    channels, filters = (_channels(pick) for _ in range(2))
    kernel, stride = choose(pick, ((1, 1), (3, 3), (1, 5), (10, 4))), choose(pick, ((1, 1), (2, 2), (1, 2)))
    image = (batch, pick.integer(kernel[0], kernel[0] + 4), pick.integer(kernel[1], kernel[1] + 7), channels)
    padding = choose(pick, ("same", "valid"))
    kind = choose(pick, ("conv_2d", "conv_2d", "depthwise_conv_2d", "fully_connected", "pool"))
    graph = Graph(kind, inputs=["x"], outputs=["y"])
    op: Operator
    if kind == "fully_connected":
        graph.add(picker.activation(pick, "x", (batch, 4 * channels + pick.integer(0, 3))))
        op, axis, weights = FullyConnected(False, activation), 0, (filters, graph.tensors["x"].shape[1])
    else:
        graph.add(picker.activation(pick, "x", image))
        if kind == "conv_2d":
            op, axis, weights = Conv2D(stride, (1, 1), padding, activation), 0, (filters, *kernel, channels)
        elif kind == "depthwise_conv_2d":
            multiplier = choose(pick, (1, 1, 1, 2))
            op, axis = DepthwiseConv2D(stride, (1, 1), padding, activation), 3
            weights = (1, *kernel, channels * multiplier)
        else:
            op, axis = choose(pick, (AveragePool2D, MaxPool2D))(kernel, stride, padding, activation), 0
            weights = ()
    names = ("x", *(picker.weights_and_bias(pick, graph, weights, axis) if weights else ()))
    (shape,) = op.infer([graph.tensors[n] for n in names])
    graph.add(picker.activation(pick, "y", shape, like=None if weights else graph.tensors["x"]))
    graph.nodes = [Node(op, names, ("y",))]
    graph.validate()
    return graph


def _channels(pick: Picker) -> int:
    return max(1, choose(pick, (4, 8, 16, 16, 32)) * pick.integer(1, 2) + choose(pick, (0, 0, 0, -1, 1, 2, 3)))
