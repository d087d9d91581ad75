"""Dequantize int8, uint8 or int16: scale * (q - zero_point), rounded once to float32. Same in both runtimes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.simulator import Kernel, dequantize_array


def prepare_integer(
    op: Dequantize, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "the input"), outputs[0]
    if x.dtype not in ("int8", "uint8", "int16") or output.dtype != "float32":
        raise ValueError(f"cannot dequantize {x.dtype} to {output.dtype}")
    _ = x.scale  # a tensor without a scale is refused here, not at run time
    return lambda arrays: [dequantize_array(np.asarray(arrays[0]), x)]
