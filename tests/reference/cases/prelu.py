"""Random graphs of prelu."""

from __future__ import annotations

from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.prelu import Prelu
from tests.reference import elementwise, picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    shape = picker.shape(pick, 4, 6)
    alpha_shape = choose(pick, (shape, shape[-1:], (1, 1, shape[-1]), (1, 1, 1, 1)))
    scale = picker.scale(pick)
    graph = Graph("prelu", inputs=["x"], outputs=["y"], nodes=[Node(Prelu(), ("x", "alpha"), ("y",))])
    graph.add(elementwise.tensor(pick, "x", shape, scale))
    alpha = elementwise.tensor(pick, "alpha", alpha_shape, 2.0**-7)
    graph.add(Tensor.constant("alpha", picker.integers(pick, alpha_shape, -128, 127, "int8"), alpha.quantization))
    graph.add(elementwise.tensor(pick, "y", shape, scale))
    graph.validate()
    return graph
