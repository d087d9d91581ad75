"""Random graphs of relu_n1_to_1."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.ops.relu_n1_to_1 import ReluN1To1
from tests.reference import elementwise
from tests.reference.picker import Picker


def case(pick: Picker) -> Graph:
    return elementwise.unary(pick, ReluN1To1())


ABSENT_FROM = ("tflite-micro",)
