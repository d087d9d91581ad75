"""Pad: no arithmetic but the border's integer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.pad import Pad
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import mover
from edgekit.reference.simulator import Kernel, quantize_array


def prepare_integer(
    op: Pad, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    value = (
        op.value if outputs[0].quantization is None else quantize_array(np.array([op.value], np.float32), outputs[0])[0]
    )
    return mover(lambda x: np.pad(x, op.paddings, constant_values=value), inputs, outputs)


def prepare_float(op: Pad, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return mover(lambda x: np.pad(x, op.paddings, constant_values=op.value), inputs, outputs)
