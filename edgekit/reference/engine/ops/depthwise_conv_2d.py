"""2-D depthwise convolution in the engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.engine import weighted
from edgekit.reference.engine.lowering import Lowering
from edgekit.reference.matmul import constant_of


def lower(
    op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic,
    graph: Lowering, names: Sequence[str],
) -> str | None:  # fmt: skip
    if present(inputs[0], "input").shape[3] != outputs[0].shape[3]:
        return None  # a channel multiplier
    weights = constant_of(present(inputs[1], "weights")).astype(np.int64).transpose(3, 0, 1, 2)
    return weighted.lower(op, inputs, outputs[0], graph, names[0], weights)
