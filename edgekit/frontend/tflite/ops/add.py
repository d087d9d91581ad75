"""ADD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.ops.add import Add

BUILTIN = "ADD"
OPTIONS = "AddOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    code = 0 if options is None else options.FusedActivationFunction()
    return Decoded(Add(codec.activation(code)), [0, 1])


def write(op: Add, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({"fusedActivationFunction": codec.activation_code(op.activation)}, [0, 1])


def version(op: Add, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return 2 if codec.is_int8(inputs) else 1
