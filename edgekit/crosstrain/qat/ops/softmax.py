"""Softmax over classes. Integers come from a table, here the float function is rounded: up to 1 step apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.quantization.rules.softmax import RULE


def match(call: Call) -> Operation | None:
    if call.target not in (torch.nn.Softmax, torch.softmax, functional.softmax, torch.Tensor.softmax):
        return None
    given = call.module.dim if call.module is not None else call.arguments.get("dim", (call.positional or [None])[0])
    if len(call.shape) != 1 or given not in (1, -1):
        raise call.unsupported("softmax must be over the classes of (N, classes)", "softmax(x, dim=1)")
    return Softmax(call)


class Softmax(Operation):
    FIXED = RULE.output

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        return output(functional.softmax(inputs[0], 1))

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        return str(writer.node("Softmax", inputs, self.product_name, axis=1))
