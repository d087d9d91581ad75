"""Random transpositions."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.ops.transpose import Transpose
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    dims = picker.shape(pick, pick.integer(1, 5), 5, choose(pick, (1, 1, 3)))
    left = [*range(len(dims))]
    op = Transpose(tuple(left.pop(pick.integer(0, len(left) - 1)) for _ in dims))
    graph = Graph("transpose", inputs=["x"], outputs=["y"])
    x = picker.activation(pick, "x", dims)
    graph.add(x)
    (shape,) = op.infer([x])
    graph.add(picker.activation(pick, "y", shape, like=x if flag(pick) else None))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
