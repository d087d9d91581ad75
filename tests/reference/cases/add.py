"""Random additions."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.add import Add
from tests.reference import elementwise
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    op = Add(choose(pick, ACTIVATIONS))
    return elementwise.binary(pick, op, rank=pick.integer(1, 6), output_scale=1.0)
