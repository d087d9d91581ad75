"""PAD, and PADV2 where the border is not zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.pad import Pad

BUILTIN = "PAD"
OPTIONS = "PadOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    return Decoded(Pad(paddings(inputs)), [0])


def paddings(inputs: Sequence[Tensor | None]) -> tuple[tuple[int, int], ...]:
    """The second input: (rank, 2) integers."""
    flat = codec.integers(inputs[1], "the paddings")
    if len(flat) % 2:
        raise ShapeError(f"paddings come in pairs, found {flat}")
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def write(op: Pad, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    widths = np.array(op.paddings, np.int32).reshape(-1, 2)
    if op.value == 0.0:
        return Encoded({}, [0, widths])
    return Encoded({}, [0, widths, _border(op.value, outputs[0])], builtin="PADV2")


def _border(value: float, output: Tensor) -> Tensor:
    from edgekit.reference import quantize_array

    given = np.array([value], np.float32)
    if output.quantization is not None:
        return Tensor.constant("", quantize_array(given, output), output.quantization)
    return Tensor.constant("", given.astype(output.dtype))


def version(op: Pad, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if len(present(inputs[0], "the input").shape) > 4:
        return 4
    return codec.int8_from_version_2(op, inputs[:1], outputs)
