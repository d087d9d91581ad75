"""Random graphs of hard_swish."""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.graph.ops.hard_swish import HardSwish
from tests.reference import elementwise
from tests.reference.picker import Picker


def case(pick: Picker) -> Graph:
    """From a ratio of 128 on both runtimes and the simulator refuse; `test_elementwise` has that."""
    return elementwise.unary(pick, HardSwish(), largest=128)
