"""2-D convolution, plain, depthwise or in groups, with batch norm and activation behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edgekit.crosstrain.qat.operation import Call, Operation, widths
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.crosstrain.qat.weighted import Weighted


def match(call: Call) -> Operation | None:
    return Convolution(call) if call.target is torch.nn.Conv2d else None


class Convolution(Weighted):
    """One weight scale per output channel."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        layer = call.module
        if layer.padding_mode != "zeros":
            raise call.unsupported(f"pads with {layer.padding_mode}, integers pad with zeros", "padding_mode='zeros'")
        padding = 0 if layer.padding == "valid" else layer.padding
        self.settings: dict[str, Any] = {
            "stride": widths(layer.stride, call, "stride"), "padding": widths(padding, call, "padding"),
            "dilation": widths(layer.dilation, call, "dilation"), "groups": layer.groups,
        }  # fmt: skip

    def product(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(x, weight, None, **self.settings)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        weight, bias = self.constants(writer, sources[0], output)
        s = self.settings
        product: str = writer.node(
            "Conv", [inputs[0], weight, bias], self.product_name, strides=s["stride"], pads=(*s["padding"],) * 2,
            dilations=s["dilation"], group=s["groups"], kernel_shape=tuple(self.folded.weight.shape[2:]),
        )  # fmt: skip
        if self.activation == "none" or s["groups"] in (1, len(self.folded.weight)):
            return product
        # Readers cut groups into convolutions of their own, which fuse nothing: quantized before the activation too.
        found: str = writer.quantized(product, f"{self.call_name}.groups", output.quantization(), output.dtype)
        return found
