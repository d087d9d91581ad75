"""Random splits, into equal and unequal parts."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.ops.split import Split
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    dims = [*picker.shape(pick, pick.integer(1, 4), 5, choose(pick, (1, 1, 3)))]
    axis, parts = pick.integer(0, len(dims) - 1), pick.integer(1, 4)
    equal = flag(pick)
    sizes = [pick.integer(1, 4) for _ in range(parts)]
    if equal:
        sizes = sizes[:1] * parts
    dims[axis] = sum(sizes)
    op = Split(axis, tuple(sizes))
    graph = Graph("split", inputs=["x"], outputs=[f"y{i}" for i in range(parts)])
    x = picker.activation(pick, "x", dims)
    graph.add(x)
    for name, shape in zip(graph.outputs, op.infer([x]), strict=True):
        graph.add(picker.activation(pick, name, shape, like=x if flag(pick) else None))
    graph.nodes = [Node(op, ("x",), tuple(graph.outputs))]
    graph.validate()
    return graph
