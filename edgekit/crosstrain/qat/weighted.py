"""What convolutions and dense layers share: folding, statistics, the accumulator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from edgekit.crosstrain.qat.folding import Folded
from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.crosstrain.qat.rounding import multiply

Product = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
EXACT = 1 << 24  # whole numbers up to here are exact in float32


class Weighted(Operation):
    """An operation y = product(x, weight) + bias; `product` is what a file in `ops/` adds."""

    FUSES = True
    PER_CHANNEL = True

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.folded = Folded(call.name, call.module, call.norm, self.PER_CHANNEL, call.ranges == "lsq")

    def product(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        x, source, layer = inputs[0], sources[0], self.folded
        if output.off:
            weight, bias = layer.folded()
            return output(self._shifted(self.product(x, weight), bias), self.activation)
        device = layer.weight.device
        s_in, s_out = source.step().to(device), output.step().to(device)
        if self.exact(sources, output):
            return self._exact(x, source, output, s_in, s_out)
        weight, bias = layer.fake(s_in.detach(), s_out.detach())
        if self.training and not layer.frozen:
            y = layer.renormalized(self.product(x, weight))
        else:
            y = self._shifted(self.product(x, weight), bias)
        return output(y, self.activation)

    def _shifted(self, y: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return y + bias.reshape(1, -1, *[1] * (y.ndim - 2))

    def _exact(
        self, x: torch.Tensor, source: ActivationQuantizer, output: ActivationQuantizer,
        s_in: torch.Tensor, s_out: torch.Tensor,
    ) -> torch.Tensor:  # fmt: skip
        """The integer kernel: an exact accumulator, double rounding, the clamp."""
        weights, bias, scale = self.folded.integers(s_in, s_out)
        largest = 255 * float(weights.abs().flatten(1).sum(1).max())
        dtype = torch.float32 if largest < EXACT else torch.float64
        products = self.product(source.integers(x).to(dtype), weights.to(dtype)).round().long()
        real = s_in.double() * scale.double() if self.PER_CHANNEL else (s_in * scale).double()
        real = (real / s_out.double()).reshape(1, -1, *[1] * (products.ndim - 2))
        return output.finish(multiply(self._shifted(products, bias.long()), real), self.activation)

    def constants(self, writer: Any, source: ActivationQuantizer, output: ActivationQuantizer) -> tuple[str, str]:
        """Weight and bias in an ONNX model: int8 and int32 behind DequantizeLinear."""
        with torch.no_grad():
            s_in = source.step()
            weights, bias, scale = self.folded.integers(s_in, output.step())
        channels = 0 if self.PER_CHANNEL else None
        name = self.call_name
        return (
            writer.dequantized(f"{name}.weight", weights.numpy().astype("int8"), scale.numpy(), channels),
            writer.dequantized(f"{name}.bias", bias.numpy().astype("int32"), (s_in * scale).numpy(), channels),
        )
