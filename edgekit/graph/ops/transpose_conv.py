"""2-D transposed convolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Activation, Operator, Padding, Shape, present, require, window_output
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class TransposeConv(Operator):
    """Inputs: activations (N, H, W, Ci), weights (Co, Kh, Kw, Ci), optional bias (Co,). Output (N, Ho, Wo, Co).

    Attributes:
        stride: (vertical, horizontal).
        output_size: (Ho, Wo); a convolution with this stride and padding would take it back to (H, W).
    """

    name = "transpose_conv"
    min_inputs, max_inputs = 2, 3

    output_size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: Padding = "same"
    activation: Activation = "none"

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x, w = present(inputs[0], "the input").shape, present(inputs[1], "the weights").shape
        require(len(x) == 4 and len(w) == 4, "input and weights have 4 dimensions", f"{x} and {w}")
        require(x[3] == w[3], "input channels equal the weights'", f"{x[3]} and {w[3]}")
        require(min(self.stride) >= 1, "the stride is positive")
        require(min(self.output_size) >= 1, "the output size is positive", self.output_size)
        if len(inputs) > 2 and inputs[2] is not None:
            require(inputs[2].shape == (w[0],), "the bias has one value per output channel", inputs[2].shape)
        back = tuple(window_output(self.output_size[i], w[1 + i], self.stride[i], 1, self.padding) for i in range(2))
        require(back == x[1:3], "the convolution of the output has the input's size", f"{back} and {x[1:3]}")
        return [(x[0], *self.output_size, w[0])]

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
        w = present(inputs[1], "the weights").shape
        return present(inputs[0], "the input").elements * w[0] * w[1] * w[2]
