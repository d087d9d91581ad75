"""Concatenation: all inputs and the output share one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer


def match(call: Call) -> Operation | None:
    if call.target not in (torch.cat, torch.concat, torch.concatenate):
        return None
    axis = call.arguments.get("dim", call.positional[0] if call.positional else 0)
    return Concatenation(call, int(axis) % (len(call.shape) + 1))


class Concatenation(Operation):
    SAME = True

    def __init__(self, call: Call, axis: int) -> None:
        super().__init__(call)
        if axis == 0:
            raise call.unsupported("concatenates the samples of a batch", "concatenate along another axis")
        self.axis = axis

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        return torch.cat(list(inputs), self.axis)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        return str(writer.node("Concat", inputs, self.product_name, axis=self.axis))
