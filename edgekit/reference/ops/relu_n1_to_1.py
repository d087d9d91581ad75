"""Clamp to -1..1: requantization and clamp.

The multiplier is scale in / scale out; LiteRT computes it in float32 (`float32-multiplier`).
TensorFlow Lite Micro lacks it.
"""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.graph import Tensor
from edgekit.graph.ops.relu_n1_to_1 import ReluN1To1
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_unary, rectifier
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: ReluN1To1, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return rectifier(inputs, outputs[0], "relu_n1_to_1", op.name, arithmetic)


def prepare_float(op: ReluN1To1, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(lambda x: clamp_float(x, "relu_n1_to_1"))
