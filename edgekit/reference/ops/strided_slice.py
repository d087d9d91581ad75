"""Strided slice: no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.strided_slice import StridedSlice
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import mover
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: StridedSlice, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare_float(op, inputs, outputs)


def prepare_float(op: StridedSlice, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    whole = op.batch_independent(inputs, outputs)
    cuts = [slice(b, None if e < 0 else e, s) for b, e, s in zip(op.begin, op.end, op.strides, strict=True)]
    if whole:
        cuts[0] = slice(None)  # any number of samples
    index = tuple(cuts)

    return mover(lambda x: np.squeeze(x[index], op.shrink_axes), inputs, outputs)
