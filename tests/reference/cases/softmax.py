"""Random softmaxes."""

from __future__ import annotations

import numpy as np

from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.softmax import Softmax
from tests.reference import picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    rank = pick.integer(1, 4)
    shape = (*picker.shape(pick, rank, 4)[: rank - 1], choose(pick, (1, 2, 10, 35, 300, 1001)))
    op = Softmax(beta=float(np.float32(choose(pick, (1.0, 1.0, 0.5, 0.1, 3.7)))))
    graph = Graph("softmax", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", shape))
    quantization = choose(pick, (("int8", 2.0**-8, -128), ("int8", 2.0**-8, -128), ("int16", 2.0**-16, -32768)))
    graph.add(Tensor("y", shape, quantization[0], Quantization.per_tensor(*quantization[1:])))
    graph.nodes = [Node(op, ("x",), ("y",))]
    graph.validate()
    return graph


def _sum_may_reach_512(graph: Graph) -> bool:
    """Both runtimes abort the process when the exponentials of an int8 row sum to 512 or more."""
    output = graph.tensors["y"]
    return output.dtype == "int8" and output.shape[-1] >= 512


REFUSED = {"tflite-micro": _sum_may_reach_512, "litert-reference": _sum_may_reach_512}
