"""What the int8 specification says about one operator: the declaration that a file in `rules/` makes as `RULE`."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit import plugins
from edgekit.errors import UnsupportedError
from edgekit.graph import Node, Quantization

WIDE_OUTPUT = (2.0**-15, 0)


@dataclass(frozen=True)
class Rule:
    """Source: "TensorFlow Lite 8-bit quantization specification", section on operators.

    Attributes:
        weights: index of the input that holds symmetric int8 weights, None where there is none.
        axis: the weights' axis that runs over the output channels.
        per_channel: whether every output channel has a weight scale of its own.
        bias: index of the input that holds the int32 bias with scale s_in * s_w; zeros are put where a layer has none.
        same: all other inputs and the outputs share one scale and zero point: values are moved, never rescaled.
        output: fixed (scale, zero point) of the outputs; in int16 they are (2^-15, 0).
        wide: whether the operator has a form with int16 activations.

    All inputs that are neither weights nor bias are int8 per tensor; constants among them are quantized likewise.
    """

    weights: int | None = None
    axis: int = 0
    per_channel: bool = True
    bias: int | None = None
    same: bool = False
    output: tuple[float, int] | None = None
    wide: bool = True

    def fixed(self, dtype: str) -> Quantization | None:
        """What the outputs must have in a type, None where they are free."""
        if self.output is None:
            return None
        return Quantization.per_tensor(*(WIDE_OUTPUT if dtype == "int16" else self.output))


def rule_of(node: Node) -> Rule:
    """The rule of a node's operator. Raises UnsupportedError when there is none; names the layer."""
    module = plugins.module("edgekit.quantization.rules", node.op.name)
    if module is None:
        raise UnsupportedError(
            f"layer {node.name} ({node.op.name})",
            "there is no int8 rule for this operator",
            f"operators with one: {', '.join(plugins.names('edgekit.quantization.rules'))}",
        )
    rule: Rule = module.RULE
    return rule
