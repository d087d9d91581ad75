"""Addition; `scaled_sum` states the integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.add import Add
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_binary, scaled_sum
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: Add, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return scaled_sum(inputs, outputs[0], op.activation, np.add)


def prepare_float(op: Add, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_binary(np.add, op.activation)
