"""Random sums."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.ops.sum import Sum
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    rank = pick.integer(1, 4)
    shape = picker.shape(pick, rank, largest=choose(pick, (6, 6, 20)), batch=choose(pick, (1, 1, 3)))
    axes = tuple(axis for axis in range(rank) if flag(pick)) or (rank - 1,)
    if rank == 4 and pick.integer(0, 3) == 0:
        axes = (1, 2)  # the global pool, for which runtimes have code of its own
    op = Sum(axes, flag(pick))
    graph = Graph("sum", inputs=["x"], outputs=["y"])
    x = picker.activation(pick, "x", shape)
    graph.add(x)
    (shape,) = op.infer([x])
    graph.add(picker.activation(pick, "y", shape, like=x if pick.integer(0, 2) == 0 else None))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
