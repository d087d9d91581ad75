"""Reshape: no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.graph import Tensor
from edgekit.graph.ops.reshape import Reshape
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import mover
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: Reshape, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare_float(op, inputs, outputs)


def prepare_float(op: Reshape, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    free = op.batch_independent(inputs, outputs)
    shape = (-1, *op.shape[1:]) if free else op.shape
    return mover(lambda x: x.reshape(shape), inputs, outputs)
