"""Random softmaxes."""

from __future__ import annotations

import numpy as np

from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.softmax import Softmax
from tests.reference import picker
from tests.reference.picker import Picker, choose

KINDS = (("int8", 2.0**-8, -128), ("int8", 2.0**-8, -128), ("int16", 2.0**-16, -32768))


def case(pick: Picker) -> Graph:
    """int8 rows end at 511 values: see `test_elementwise` for what the runtimes do when a row's sum reaches 512."""
    dtype, scale, zero_point = choose(pick, KINDS)
    rank = pick.integer(1, 4)
    length = choose(pick, (1, 2, 10, 35, 300, 511 if dtype == "int8" else 1001))
    shape = (*picker.shape(pick, rank, 4)[: rank - 1], length)
    op = Softmax(beta=float(np.float32(choose(pick, (1.0, 1.0, 0.5, 0.1, 3.7)))))
    graph = Graph("softmax", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", shape))
    graph.add(Tensor("y", shape, dtype, Quantization.per_tensor(scale, zero_point)))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph
