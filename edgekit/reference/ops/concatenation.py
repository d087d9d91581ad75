"""Concatenation: no arithmetic, and therefore equal quantizations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import check_types
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Concatenation, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """Both runtimes refuse unequal quantizations, and so does the simulator."""
    if any(t is not None and t.quantization != outputs[0].quantization for t in inputs):
        raise ValueError("inputs and output must have the same scale and zero point: put a quantize before the others")
    return prepare_float(op, inputs, outputs)


def prepare_float(op: Concatenation, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    check_types(inputs, outputs)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [np.concatenate([np.asarray(a) for a in arrays], op.axis)]

    return kernel
