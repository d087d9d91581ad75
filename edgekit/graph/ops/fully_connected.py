"""Fully connected layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from edgekit.graph.operator import Activation, Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class FullyConnected(Operator):
    """Inputs: activations whose elements form rows of Ci, weights (Co, Ci), optional bias (Co,).

    The output is (rows, Co), or with `keep_num_dims` the input's shape with Co in place of its last dimension Ci.
    """

    name = "fully_connected"
    min_inputs, max_inputs = 2, 3

    keep_num_dims: bool = False
    activation: Activation = "none"

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x, w = present(inputs[0], "the input"), present(inputs[1], "the weights").shape
        require(len(w) == 2, "the weights have 2 dimensions", w)
        require(len(x.shape) >= 1 and x.elements % w[1] == 0, "the input is rows of the weights' width", x.shape)
        if len(inputs) > 2 and inputs[2] is not None:
            require(inputs[2].shape == (w[0],), "the bias has one value per output", inputs[2].shape)
        if self.keep_num_dims:
            require(x.shape[-1] == w[1], "the last dimension equals the weights' width", f"{x.shape} and {w}")
            return [(*x.shape[:-1], w[0])]
        return [(x.elements // w[1], w[0])]

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
        return outputs[0].elements * present(inputs[1], "the weights").shape[1]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        """Rows never mix; samples are whole rows unless a row spans axis 0."""
        x, w = present(inputs[0], "the input").shape, present(inputs[1], "the weights").shape
        return len(x) > 1 and prod(x[1:]) % w[1] == 0
