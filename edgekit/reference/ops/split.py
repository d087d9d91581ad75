"""Split: no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.split import Split
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import check_types
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Split, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare_float(op, inputs, outputs)


def prepare_float(op: Split, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    check_types(inputs, outputs)
    ends = np.cumsum(op.sizes)[:-1]

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [np.asarray(part, order="C") for part in np.split(np.asarray(arrays[0]), ends, op.axis)]

    return kernel
