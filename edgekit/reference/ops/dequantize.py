"""Dequantize int8, uint8 or int16: scale * (q - zero_point), rounded once to float32. Same in both runtimes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.requantize import require_types
from edgekit.reference.simulator import Kernel, dequantize_array


def prepare_integer(
    op: Dequantize, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "the input"), outputs[0]
    require_types(("int8", "uint8", "int16"), x)
    if output.dtype != "float32":
        raise ValueError(f"dequantizes to float32, found {output.dtype}")
    return lambda arrays: [dequantize_array(np.asarray(arrays[0]), x)]
