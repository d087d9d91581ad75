"""2-D convolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Activation, Operator, Padding, Shape, present, require, window_output
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Conv2D(Operator):
    """Inputs: activations (N, H, W, Ci), weights (Co, Kh, Kw, Ci), optional bias (Co,). Output (N, Ho, Wo, Co).

    Attributes: stride and dilation as (vertical, horizontal).
    """

    name = "conv_2d"
    min_inputs, max_inputs = 2, 3

    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: Padding = "same"
    activation: Activation = "none"

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x, w = present(inputs[0], "the input").shape, present(inputs[1], "the weights").shape
        require(len(x) == 4 and len(w) == 4, "input and weights have 4 dimensions", f"{x} and {w}")
        require(x[3] == w[3], "input channels equal the weights' (no groups)", f"{x[3]} and {w[3]}")
        require(min(*self.stride, *self.dilation) >= 1, "stride and dilation are positive")
        if len(inputs) > 2 and inputs[2] is not None:
            require(inputs[2].shape == (w[0],), "the bias has one value per output channel", inputs[2].shape)
        size = [window_output(x[1 + i], w[1 + i], self.stride[i], self.dilation[i], self.padding) for i in range(2)]
        return [(x[0], size[0], size[1], w[0])]

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
        w = present(inputs[1], "the weights").shape
        return outputs[0].elements * w[1] * w[2] * w[3]
