"""Random max pools."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from tests.reference import picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    padding = choose(pick, ("same", "valid"))
    window = (pick.integer(1, 5), pick.integer(1, 5))
    least = window if padding == "valid" else (1, 1)
    size = [low + pick.integer(0, 6) for low in least]
    stride = (pick.integer(1, 3), pick.integer(1, 3))
    op = MaxPool2D(window, stride, padding, choose(pick, ACTIVATIONS))
    graph = Graph("max_pool_2d", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", (choose(pick, (1, 1, 2)), *size, pick.integer(1, 9))))
    (shape,) = op.infer([graph.tensors["x"]])
    graph.add(picker.activation(pick, "y", shape, like=graph.tensors["x"]))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
