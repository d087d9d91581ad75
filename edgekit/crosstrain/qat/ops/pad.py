"""Zero padding: real zero is an integer, the zero point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer


def match(call: Call) -> Operation | None:
    return Pad(call) if call.target is torch.nn.ZeroPad2d else None


class Pad(Operation):
    SAME = True

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.widths = tuple(call.module.padding)  # left, right, top, bottom

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        return functional.pad(inputs[0], self.widths)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        left, right, top, bottom = self.widths
        return str(writer.padded(inputs[0], (0, 0, top, left, 0, 0, bottom, right), self.call_name))
