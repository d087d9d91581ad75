"""Random dequantizations."""

from __future__ import annotations

from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.dequantize import Dequantize
from tests.reference import elementwise, picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    graph = Graph("dequantize", inputs=["x"], outputs=["y"], nodes=[Node(Dequantize(), ("x",), ("y",))])
    x = elementwise.tensor(pick, "x", (1, 16, 16), picker.scale(pick), choose(pick, ("int8", "int8", "uint8", "int16")))
    graph.add(x)
    graph.add(Tensor("y", x.shape, "float32"))
    graph.validate()
    return graph


def _asymmetric_int16(graph: Graph) -> bool:
    """LiteRT dequantizes int16 with zero point 0 only."""
    x = graph.tensors["x"]
    return x.dtype == "int16" and x.zero_point != 0


REFUSED = {"litert-reference": _asymmetric_int16}
