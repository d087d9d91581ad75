"""Random graphs of relu6."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.ops.relu6 import Relu6
from tests.reference import elementwise
from tests.reference.picker import Picker


def case(pick: Picker) -> Graph:
    return elementwise.unary(pick, Relu6())
