"""Addition of two values: both are brought to a common scale with 20 fraction bits, added, and rescaled."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch

from edgekit.crosstrain.qat.operation import Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer
from edgekit.crosstrain.qat.rounding import multiply
from edgekit.reference.elementwise import SUM_SHIFT

ADDITIONS = (operator.add, operator.iadd, torch.add, torch.Tensor.add, torch.Tensor.add_)


def match(call: Call) -> Operation | None:
    if call.target not in ADDITIONS:
        return None
    if len(call.inputs) != 2 or call.arguments.get("alpha", 1) != 1:
        raise call.unsupported("must add two computed values", "put constants into the bias of the layer before it")
    return Addition(call)


class Addition(Operation):
    FUSES = True

    def forward(
        self, inputs: Sequence[torch.Tensor], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> torch.Tensor:
        if not self.exact(sources, output):
            return output(inputs[0] + inputs[1], self.activation)
        scales = [q.step().double() for q in sources]
        common = 2 * torch.maximum(*scales)
        terms = [
            multiply(q.integers(x).long() << SUM_SHIFT, s / common)
            for x, q, s in zip(inputs, sources, scales, strict=True)
        ]
        rescaled = multiply(terms[0] + terms[1], common / ((1 << SUM_SHIFT) * output.step().double()))
        return output.finish(rescaled, self.activation)

    def emit(
        self, writer: Any, inputs: Sequence[str], sources: Sequence[ActivationQuantizer], output: ActivationQuantizer
    ) -> str:
        return str(writer.node("Add", inputs, self.product_name))
