"""Max pool: the largest integer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edgekit.crosstrain.qat.operation import Call, Operation, widths
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer


def match(call: Call) -> Operation | None:
    return MaxPool(call) if call.target is torch.nn.MaxPool2d else None


class MaxPool(Operation):
    SAME = True

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        layer = call.module
        if layer.ceil_mode or layer.return_indices or widths(layer.dilation, call, "dilation") != (1, 1):
            raise call.unsupported("ceil_mode, return_indices and dilation are not supported", "leave them out")
        self.window = widths(layer.kernel_size, call, "the window")
        self.stride, self.padding = widths(layer.stride, call, "stride"), widths(layer.padding, call, "padding")

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        return functional.max_pool2d(inputs[0], self.window, self.stride, self.padding)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        found: str = writer.node(
            "MaxPool", inputs, self.product_name, kernel_shape=self.window, strides=self.stride, pads=self.padding * 2
        )
        return found
