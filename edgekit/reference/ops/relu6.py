"""Rectifier that saturates at 6: requantization and clamp.

The multiplier is scale in / scale out; LiteRT computes it in float32 (`float32-multiplier`). TensorFlow Lite Micro does
not requantize: it clamps the integers in the input's quantization (`clamp-only`), which is right only where the output
has the same, as converters make it.
"""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.graph import Tensor
from edgekit.graph.ops.relu6 import Relu6
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import clamp_only, float_unary, rectifier
from edgekit.reference.simulator import Kernel


def prepare_integer(
    op: Relu6, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    if arithmetic.rule("relu6") == "clamp-only":
        return clamp_only(inputs, outputs[0], "relu6", arithmetic.bounds)
    return rectifier(inputs, outputs[0], "relu6", op.name, arithmetic)


def prepare_float(op: Relu6, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(lambda x: clamp_float(x, "relu6"))
