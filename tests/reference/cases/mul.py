"""Random multiplications."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.mul import Mul
from tests.reference import elementwise
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    return elementwise.binary(pick, Mul(choose(pick, ACTIVATIONS)), rank=pick.integer(1, 4))
