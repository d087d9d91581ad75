"""ReLU and ReLU6 that no operator before them takes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from edgekit.crosstrain.qat.operation import ACTIVATIONS, Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.crosstrain.qat.rounding import multiply


def match(call: Call) -> Operation | None:
    kind = ACTIVATIONS.get(call.target)
    return None if kind is None else {"relu": Relu, "relu6": Relu6}[kind](call)


class Relu(Operation):
    """Rescales: input and output have scales of their own."""

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        if not self.exact(sources, output):
            return output(inputs[0], "relu")
        real = sources[0].step().double() / output.step().double()
        return output.finish(multiply(sources[0].integers(inputs[0]).long(), real), "relu")

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        return str(writer.node("Relu", inputs, self.product_name))


class Relu6(Operation):
    """Clamps in the input's scale."""

    SAME = True

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        return output(inputs[0], "relu6")

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        return str(writer.clipped(inputs[0], 0.0, 6.0, self.call_name))
