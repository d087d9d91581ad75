"""Random bilinear resizings."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    largest = choose(pick, (4, 12, 40))
    dims = (choose(pick, (1, 1, 2)), pick.integer(1, largest), pick.integer(1, largest), pick.integer(1, 3))
    mode = pick.integer(0, 2)
    op = ResizeBilinear((pick.integer(1, largest), pick.integer(1, largest)), mode == 1, mode == 2)
    graph = Graph("resize_bilinear", inputs=["x"], outputs=["y"])
    x = picker.activation(pick, "x", dims)
    graph.add(x)
    (shape,) = op.infer([x])
    graph.add(picker.activation(pick, "y", shape, like=x if flag(pick) else None))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
