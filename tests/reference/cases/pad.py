"""Random paddings."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.ops.pad import Pad
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    dims = picker.shape(pick, pick.integer(1, 5), 5, choose(pick, (1, 1, 3)))
    widths = [(pick.integer(0, 3), pick.integer(0, 3)) for _ in dims]
    if flag(pick):
        widths[0] = (0, 0)
    graph = Graph("pad", inputs=["x"], outputs=["y"])
    x = picker.activation(pick, "x", dims)
    graph.add(x)
    y = picker.activation(pick, "y", (), like=x if flag(pick) else None)
    step = choose(pick, (0, 0, -128, 127, pick.integer(-128, 127)))
    op = Pad(tuple(widths), float(y.scale) * (step - y.zero_point) if step else 0.0)
    (shape,) = op.infer([x])
    graph.add(y.with_(shape=shape))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
