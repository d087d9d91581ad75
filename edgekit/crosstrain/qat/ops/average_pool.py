"""Average pool, also over the whole image: the mean of stored integers, rounded, in the input's own scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edgekit.crosstrain.qat.operation import Call, Operation, widths
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.crosstrain.qat.rounding import round_away, straight_through


def match(call: Call) -> Operation | None:
    if call.target is torch.nn.AvgPool2d:
        layer = call.module
        if layer.ceil_mode or layer.divisor_override:
            raise call.unsupported("ceil_mode and divisor_override are not supported", "leave them out")
        return AveragePool(call, layer.kernel_size, layer.stride, layer.padding, layer.count_include_pad)
    adaptive = call.target in (torch.nn.AdaptiveAvgPool2d, functional.adaptive_avg_pool2d)
    whole = call.target in (torch.mean, torch.Tensor.mean)
    if adaptive and call.shape[-2:] != (1, 1):
        raise call.unsupported("adaptive pools must go to 1x1", "use AvgPool2d with the window that it has")
    dims = call.arguments.get("dim", call.positional[0] if call.positional else None)
    if whole and (
        len(call.shapes[0]) != 3 or not isinstance(dims, list | tuple) or sorted(dims) not in ([2, 3], [-2, -1])
    ):
        raise call.unsupported("means must be over height and width of images", "x.mean((2, 3))")
    return AveragePool(call, call.shapes[0][1:], 1, 0, True) if adaptive or whole else None


class AveragePool(Operation):
    SAME = True

    def __init__(self, call: Call, window: Any, stride: Any, padding: Any, include: bool) -> None:
        super().__init__(call)
        self.window, self.include = widths(window, call, "the window"), include
        self.stride, self.padding = widths(stride, call, "stride"), widths(padding, call, "padding")

    def _pool(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.avg_pool2d(x, self.window, self.stride, self.padding, count_include_pad=self.include)
        return y.reshape(len(x), *self.shape)

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        x = inputs[0]
        if output.off:
            return self._pool(x)
        zero = output.zero_point
        if self.exact(sources, output):  # of whole numbers, so that ties are ties
            return output.finish(round_away(self._pool(output.integers(x)) + zero) - zero)
        pooled, step = self._pool(x), output.step().to(x.device)
        return straight_through((round_away(pooled / step + zero) - zero) * step, pooled)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        name: str = writer.node(
            "AveragePool", inputs, self.product_name, kernel_shape=self.window, strides=self.stride,
            pads=self.padding * 2, count_include_pad=int(self.include),
        )  # fmt: skip
        return writer.reshaped(name, self.shape, self.call_name) if len(self.shape) == 1 else name
