"""Random graphs of maximum."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.ops.maximum import Maximum
from tests.reference import elementwise
from tests.reference.picker import Picker


def case(pick: Picker) -> Graph:
    return elementwise.binary(pick, Maximum(), rank=pick.integer(1, 4), same=True)
