"""Random reshapes."""

from __future__ import annotations

from math import prod

from edgekit.graph import Graph, Node
from edgekit.graph.ops.reshape import Reshape
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    dims = picker.shape(pick, pick.integer(1, 6), 4, choose(pick, (1, 1, 3)))
    whole = prod(dims)
    cut = choose(pick, [d for d in range(1, whole + 1) if whole % d == 0])
    op = Reshape(choose(pick, ((whole,), (cut, whole // cut), (1, cut, 1, whole // cut), (dims[0], whole // dims[0]))))
    graph = Graph("reshape", inputs=["x"], outputs=["y"])
    x = picker.activation(pick, "x", dims)
    graph.add(x)
    (shape,) = op.infer([x])
    graph.add(picker.activation(pick, "y", shape, like=x if flag(pick) else None))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
