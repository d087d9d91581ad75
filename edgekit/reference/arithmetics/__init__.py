"""Named arithmetics: one file each. An arithmetic is the page in `reference/arithmetic.py` plus stated deviations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edgekit import plugins
from edgekit.errors import UsageError
from edgekit.graph import Operator, Tensor
from edgekit.reference.arithmetic import AWAY

Refuse = Callable[[Operator, Sequence[Tensor | None], Sequence[Tensor]], str | None]


@dataclass(frozen=True)
class Arithmetic:
    """One runtime's integers.

    Attributes:
        name: as written in graphs, manifests and on the command line.
        source: the runtime and version it was proven against.
        deviations: operator name -> the name of the rule it follows instead of the page's.
        wide: operator name -> rule, as `deviations`, for operators between int16 activations; None where the same hold.
        bounds: the ties of the bounds of fused activations, as `activation_range` names them.
        refuse: why the integers of an operator with these inputs and outputs are not predicted, None where they are.
    """

    name: str
    source: str
    deviations: Mapping[str, str] = field(default_factory=dict)
    wide: Mapping[str, str] | None = None
    bounds: str = AWAY
    refuse: Refuse = lambda op, inputs, outputs: None

    def rule(self, operator: str) -> str:
        """The rule the operator follows: `double-rounding` unless the arithmetic deviates."""
        return self.deviations.get(operator, "double-rounding")

    def of(self, op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Arithmetic:
        """What the operator follows between these tensors: with the deviations of int16 where they are others."""
        wide = self.wide is not None and is_wide(op, inputs, outputs)
        return replace(self, deviations=self.wide or {}, wide=None, bounds=AWAY) if wide else self


def is_wide(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
    """Whether the operator computes on int16 activations; conversions between types do not count."""
    types = {t.dtype for t in (*inputs[:1], *outputs) if t is not None}
    return types == {"int16"} and op.name != "quantize"


def no_wide_kernels(operators: Sequence[str]) -> Refuse:
    """The `refuse` of a runtime that lacks int16 kernels of some operators."""

    def refuse(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str | None:
        return "it has no int16 kernel" if op.name in operators and is_wide(op, inputs, outputs) else None

    return refuse


def arithmetic(name: str) -> Arithmetic:
    """The arithmetic of that name. Raises UsageError for an unknown one."""
    module = plugins.module(__name__, name.replace("-", "_"))
    if module is None:
        known = ", ".join(n.replace("_", "-") for n in plugins.names(__name__))
        raise UsageError("arithmetic", f"no arithmetic is named {name!r}", f"known: {known}")
    found: Arithmetic = module.ARITHMETIC
    return found
