"""Transpose: no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.graph import Tensor
from edgekit.graph.ops.transpose import Transpose
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import mover
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: Transpose, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare_float(op, inputs, outputs)


def prepare_float(op: Transpose, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return mover(lambda x: x.transpose(op.permutation), inputs, outputs)
