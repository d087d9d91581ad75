"""Random graphs of logistic."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.ops.logistic import Logistic
from tests.reference import elementwise
from tests.reference.picker import Picker


def case(pick: Picker) -> Graph:
    return elementwise.unary(pick, Logistic(), (2.0**-8, -128))
