"""MUL."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.frontend.tflite import codec
from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.mul import Mul

BUILTIN = "MUL"
OPTIONS = "MulOptions"
read, write = codec.activated(Mul)


def version(op: Mul, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    """2 for int8, 3 where its multiplier reaches 1, 4 for int16."""
    if codec.is_int16(inputs):
        return 4
    if not codec.is_int8(inputs):
        return 1
    a, b = (present(t, "an input") for t in inputs)
    return 3 if float(a.scale) * float(b.scale) / float(outputs[0].scale) >= 1 else 2
