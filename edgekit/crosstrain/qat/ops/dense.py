"""Dense layer on vectors: one weight scale, as `edgekit.quantization.rules.fully_connected` has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.crosstrain.qat.weighted import Weighted


def match(call: Call) -> Operation | None:
    return Dense(call) if call.target is torch.nn.Linear else None


class Dense(Weighted):
    """x (N, inputs) to (N, outputs)."""

    PER_CHANNEL = False

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        if len(call.shapes[0]) != 1:
            found = f"takes samples of shape {call.shapes[0]}, only vectors are supported"
            raise call.unsupported(found, "put nn.Flatten() in front of it")

    def product(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, weight)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        weight, bias = self.constants(writer, sources[0], output)
        found: str = writer.node("Gemm", [inputs[0], weight, bias], self.product_name, transB=1)
        return found
