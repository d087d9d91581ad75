"""SUB."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.frontend.tflite import codec
from edgekit.graph import Tensor
from edgekit.graph.ops.sub import Sub

BUILTIN = "SUB"
OPTIONS = "SubOptions"
read, write = codec.activated(Sub, any_scale=True)


def version(op: Sub, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return 5 if codec.is_int16(inputs) else codec.broadcast_from_version_3(op, inputs, outputs)
