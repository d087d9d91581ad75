"""Reshape: no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.reshape import Reshape
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Reshape, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare_float(op, inputs, outputs)


def prepare_float(op: Reshape, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    free = op.batch_independent(inputs, outputs)
    shape = (-1, *op.shape[1:]) if free else op.shape

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [np.asarray(arrays[0]).reshape(shape)]

    return kernel
