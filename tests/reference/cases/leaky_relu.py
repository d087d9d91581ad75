"""Random graphs of leaky_relu."""

from __future__ import annotations

import numpy as np

from edgekit.graph import Graph
from edgekit.graph.ops.leaky_relu import LeakyRelu
from tests.reference import elementwise
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    alpha = choose(pick, (0.01, 0.1, 0.2, 0.3, 0.0, 1.0, 2.5, -0.5, pick.integer(-1000, 1000) / 777))
    return elementwise.unary(pick, LeakyRelu(float(np.float32(alpha))))
