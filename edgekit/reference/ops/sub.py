"""Subtraction; `scaled_sum` and `weighted_sum` state the integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.sub import Sub
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import WEIGHTED_SUM, float_binary, scaled_sum, takes_weights, weighted_sum
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: Sub, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    weighted = arithmetic.rule(op.name) == WEIGHTED_SUM and takes_weights(inputs, outputs[0])  # else to LiteRT's page
    form = weighted_sum if weighted else scaled_sum
    return form(inputs, outputs[0], op.activation, np.subtract)


def prepare_float(op: Sub, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_binary(np.subtract, op.activation)
