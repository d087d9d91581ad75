"""Random graphs of tanh."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.ops.tanh import Tanh
from tests.reference import elementwise
from tests.reference.picker import Picker


def case(pick: Picker) -> Graph:
    return elementwise.unary(pick, Tanh(), (2.0**-7, 0))
