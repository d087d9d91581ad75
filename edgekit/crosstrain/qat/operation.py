"""What a file in `ops/` offers: how a call in the traced network becomes an operation with fake quantization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from edgekit.crosstrain.qat.quantizer import ActivationQuantizer, Ranges
from edgekit.errors import UnsupportedError

if TYPE_CHECKING:
    from edgekit.crosstrain.qat.onnx_writer import Writer

INPUT = "input"  # the name of the network's input among its values
ACTIVATIONS = {
    torch.nn.ReLU: "relu", torch.relu: "relu", torch.nn.functional.relu: "relu", torch.Tensor.relu: "relu",
    torch.nn.ReLU6: "relu6", torch.nn.functional.relu6: "relu6",
}  # fmt: skip
"""Activations that an operator before them takes in."""


@dataclass
class Call:
    """One call of the traced network.

    Attributes:
        name: the module's path, or the function's name, unique in the network.
        target: the module's class, the function, or the method of torch.Tensor.
        module: the module that is called, else None.
        inputs: names of the values that are read, in the order of the arguments.
        arguments: all arguments by name, without the values read; those of functions as written.
        shape: of the result, without the batch.
        shapes: likewise of the inputs.
        activation: fused behind it.
        norm: batch norm folded into it.
    """

    name: str
    target: Any
    module: Any
    inputs: list[str]
    positional: list[Any]
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    shapes: list[tuple[int, ...]]
    activation: str = "none"
    norm: Any = None
    ranges: Ranges = "lsq"

    def unsupported(self, what: str, fix: str) -> UnsupportedError:
        return UnsupportedError(f"layer {self.name}", what, fix)


class Operation(torch.nn.Module):  # type: ignore[misc]
    """Base of all operations. Values are real, on the grid of their quantizer.

    Attributes:
        SAME: inputs and output share one quantizer, as in `edgekit.quantization.rules`.
        FIXED: scale and zero point of the output that the specification prescribes.
        FUSES: takes in an activation behind it.
    """

    SAME = False
    FIXED: tuple[float, int] | None = None
    FUSES = False

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call_name, self.activation, self.shape = call.name, call.activation, call.shape
        self.product_name = f"{call.name}.product"  # in ONNX, before the activation
        self.once = False  # in evaluation too, round once

    def exact(self, sources: Sequence[ActivationQuantizer], output: ActivationQuantizer) -> bool:
        """Whether the integers themselves are to be computed."""
        int8 = all(q.dtype == "int8" for q in (*sources, output))
        return int8 and not (self.training or self.once or output.off)

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        """The output on its grid: rounded once with gradients in training, the integers' own values in evaluation.

        While `output` observes, the float layer.
        """
        raise NotImplementedError

    def emit(
        self, writer: Writer, inputs: Sequence[str], sources: Sequence[ActivationQuantizer],
        output: ActivationQuantizer,
    ) -> str:  # fmt: skip
        """Append the float operator to an ONNX model; its output's name."""
        raise NotImplementedError


def widths(value: Any, call: Call, what: str) -> tuple[int, int]:
    """A pair of numbers given as one or two. Raises UnsupportedError."""
    pair = (value, value) if isinstance(value, int) else tuple(value) if isinstance(value, Sequence) else ()
    if len(pair) != 2 or not all(isinstance(v, int) for v in pair):
        raise call.unsupported(f"{what} must be one or two numbers, found {value!r}", "give numbers")
    return int(pair[0]), int(pair[1])
