"""2-D convolution in the engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.engine import weighted
from edgekit.reference.engine.lowering import Lowering
from edgekit.reference.matmul import constant_of


def lower(
    op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic, graph: Lowering,
    names: Sequence[str],
) -> str | None:  # fmt: skip
    weights = constant_of(present(inputs[1], "weights")).astype(np.int64).transpose(0, 3, 1, 2)
    return weighted.lower(op, inputs, outputs[0], graph, names[0], weights)
