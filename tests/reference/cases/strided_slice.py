"""Random strided slices, forwards and backwards, with axes dropped."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.ops.strided_slice import StridedSlice
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    dims = picker.shape(pick, pick.integer(1, 5), 6, choose(pick, (1, 1, 3)))
    cuts, shrink = [], []
    for axis, size in enumerate(dims):
        begin = pick.integer(0, size - 1)
        kind = pick.integer(0, 5)
        if kind == 0:
            shrink.append(axis)
            cuts.append((begin, begin + 1, 1))
        elif kind == 1:
            cuts.append((begin, pick.integer(-1, begin - 1), -pick.integer(1, 3)))
        elif kind == 2:
            cuts.append((0, size, 1))
        else:
            cuts.append((begin, pick.integer(begin + 1, size), pick.integer(1, 3)))
    begins, ends, strides = zip(*cuts, strict=True)
    op = StridedSlice(begins, ends, strides, tuple(shrink))
    graph = Graph("strided_slice", inputs=["x"], outputs=["y"])
    x = picker.activation(pick, "x", dims)
    graph.add(x)
    (shape,) = op.infer([x])
    graph.add(picker.activation(pick, "y", shape, like=x if flag(pick) else None))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph


def _rank(graph: Graph) -> bool:
    """TensorFlow Lite Micro slices at most 4 dimensions."""
    op = graph.nodes[0].op
    assert isinstance(op, StridedSlice)
    return len(op.begin) > 4


REFUSED = {"tflite-micro": _rank}
