"""Flatten, reshape, view, squeeze and unsqueeze: values keep their order and their scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer

METHODS = ("flatten", "reshape", "view", "squeeze", "unsqueeze")
RESHAPES = (
    torch.nn.Flatten, torch.nn.Unflatten, torch.flatten, torch.reshape, torch.squeeze, torch.unsqueeze,
    *(getattr(torch.Tensor, name) for name in METHODS),
)  # fmt: skip


def match(call: Call) -> Operation | None:
    return Reshape(call) if call.target in RESHAPES else None


class Reshape(Operation):
    SAME = True

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        return inputs[0].reshape(len(inputs[0]), *self.shape)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        return str(writer.reshaped(inputs[0], self.shape, self.call_name))
