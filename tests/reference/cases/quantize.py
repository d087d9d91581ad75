"""Random quantizations of reals and requantizations of integers."""

from __future__ import annotations

from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.quantize import Quantize
from tests.reference import elementwise, picker
from tests.reference.picker import Picker, choose

KINDS = (
    ("float32", "int8"), ("float32", "int8"), ("float32", "uint8"), ("float32", "int16"),
    ("int8", "int8"), ("int8", "int8"), ("int8", "uint8"), ("uint8", "int8"), ("uint8", "uint8"),
    ("int16", "int8"), ("int8", "int16"), ("int16", "int16"),
)  # fmt: skip


def case(pick: Picker) -> Graph:
    kind = choose(pick, KINDS)
    scale = picker.scale(pick)
    shape = (1, 16, 16)
    graph = Graph("quantize", inputs=["x"], outputs=["y"], nodes=[Node(Quantize(), ("x",), ("y",))])
    if kind[0] == "float32":
        graph.add(Tensor("x", shape, "float32"))
        graph.add(elementwise.tensor(pick, "y", shape, 2.0**-7, kind[1]))
    else:
        graph.add(elementwise.tensor(pick, "x", shape, scale, kind[0]))
        graph.add(elementwise.tensor(pick, "y", shape, scale, kind[1]))
    graph.validate()
    return graph


def _to_uint8(graph: Graph) -> bool:
    """TensorFlow Lite Micro quantizes neither float32 nor uint8 to uint8."""
    x, y = graph.tensors["x"], graph.tensors["y"]
    return y.dtype == "uint8" and x.dtype != "int8"


def _asymmetric_int16(graph: Graph) -> bool:
    """LiteRT requantizes int16 to int16 with zero points 0 only."""
    x, y = graph.tensors["x"], graph.tensors["y"]
    return x.dtype == y.dtype == "int16" and (x.zero_point, y.zero_point) != (0, 0)


REFUSED = {"tflite-micro": _to_uint8, "litert-reference": _asymmetric_int16}
