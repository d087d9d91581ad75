"""Smaller of two values: the integers are compared as they are, nothing is requantized."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.minimum import Minimum
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import pair
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Minimum, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    types = {t.dtype for t in (*pair(inputs), outputs[0])}
    if len(types) != 1:
        raise ValueError(f"needs one type, found {' and '.join(sorted(types))}")
    return prepare_float(op, inputs, outputs)


def prepare_float(op: Minimum, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [np.minimum(np.asarray(arrays[0]), np.asarray(arrays[1]))]

    return kernel
