"""2-D depthwise convolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Activation, Operator, Padding, Shape, present, require, window_output
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class DepthwiseConv2D(Operator):
    """Inputs: activations (N, H, W, Ci), weights (1, Kh, Kw, Co), optional bias (Co,). Output (N, Ho, Wo, Co).

    Co is a multiple of Ci: output channel c reads input channel c // (Co / Ci). Attributes: stride and dilation as
    (vertical, horizontal).
    """

    name = "depthwise_conv_2d"
    min_inputs, max_inputs = 2, 3

    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: Padding = "same"
    activation: Activation = "none"

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x, w = present(inputs[0], "the input").shape, present(inputs[1], "the weights").shape
        require(len(x) == 4 and len(w) == 4, "input and weights have 4 dimensions", f"{x} and {w}")
        require(w[0] == 1, "depthwise weights have shape (1, Kh, Kw, Co)", w)
        require(w[3] % x[3] == 0, "output channels are a multiple of the input's", f"{w[3]} and {x[3]}")
        require(min(*self.stride, *self.dilation) >= 1, "stride and dilation are positive")
        if len(inputs) > 2 and inputs[2] is not None:
            require(inputs[2].shape == (w[3],), "the bias has one value per output channel", inputs[2].shape)
        size = [window_output(x[1 + i], w[1 + i], self.stride[i], self.dilation[i], self.padding) for i in range(2)]
        return [(x[0], size[0], size[1], w[3])]

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
        w = present(inputs[1], "the weights").shape
        return outputs[0].elements * w[1] * w[2]
