"""Rectifier: requantization and clamp.

The multiplier is scale in / scale out; LiteRT computes it in float32 (`float32-multiplier`).
"""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.graph import Tensor
from edgekit.graph.ops.relu import Relu
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_unary, rectifier
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: Relu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return rectifier(inputs, outputs[0], "relu", op.name, arithmetic)


def prepare_float(op: Relu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(lambda x: clamp_float(x, "relu"))
