"""A network with fake quantization: the same layers, run in the order of its trace, on the grids of its quantizers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from edgekit.crosstrain.qat.operation import INPUT, Call, Operation
from edgekit.crosstrain.qat.quantizer import ActivationQuantizer, Ranges
from edgekit.crosstrain.qat.trace import calls, operations
from edgekit.crosstrain.qat.weighted import Weighted
from edgekit.errors import InputError, UnsupportedError
from edgekit.recipe import QuantizeSection

BATCH = 64  # calibration samples at once


@dataclass(frozen=True)
class Layer:
    """One operation: the values it reads, and those nobody reads after it."""

    name: str
    inputs: tuple[str, ...]
    forget: tuple[str, ...]


class FakeQuantized(nn.Module):  # type: ignore[misc]
    """A network whose values lie on the grids that its int8 form will have.

    In evaluation its values are those of the int8 graph (arithmetic tflm), softmax excepted. In training they are
    rounded once and have gradients, see `rounding`. Statistics of batch norms hold still after `freeze_after`
    training steps; the count is part of the state, so a resumed training freezes at the same step.

    Args:
        network: the float network; its layers are taken over, not copied.
        shape: of one sample, (C, H, W) or (F,).
        ranges: step sizes learned ("lsq"), or from moving averages.
        int16: layers whose inputs and outputs are int16.
        name: of the network, for errors.

    Raises:
        UnsupportedError: a layer cannot be followed or has no fake quantization; names it.
        InputError: `int16` names no layer.
    """

    def __init__(
        self, network: nn.Module, shape: tuple[int, ...], *, ranges: Ranges = "lsq", int16: Sequence[str] = (),
        name: str = "network",
    ) -> None:  # fmt: skip
        super().__init__()
        found, self.output = calls(network, shape, name)
        if not found or self.output == INPUT:
            raise UnsupportedError(f"[model] network {name}", "computes nothing", "is it the right network?")
        made = operations(found, ranges)
        self.shape = shape
        self.layers = nn.ModuleDict({_key(n): operation for n, operation in made.items()})
        self.group = _groups(found, made)
        dtypes = _types(found, made, self.group, int16)
        fixed = _fixed(made, self.group)
        self.quantizers = nn.ModuleDict(
            {_key(g): ActivationQuantizer(g, ranges, dtypes[g], fixed.get(g)) for g in sorted(set(self.group.values()))}
        )
        self.order = _order(found, self.output)
        self.register_buffer("trained", torch.zeros((), dtype=torch.int64))
        self.freeze_after: int | None = None

    def operation(self, name: str) -> Operation:
        """The operation that computes the value `name`."""
        found: Operation = self.layers[_key(name)]
        return found

    def quantizer(self, name: str) -> ActivationQuantizer:
        """The quantizer of the value `name`."""
        found: ActivationQuantizer = self.quantizers[_key(self.group[name])]
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The output (N, ...), real values on its quantizer's grid."""
        if self.training:
            self._count()
        values = {INPUT: self.quantizer(INPUT)(x)}
        for layer in self.order:
            self._run(layer, values)
            for name in layer.forget:
                del values[name]
        return values[self.output]

    def values(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """All values by name."""
        values = {INPUT: self.quantizer(INPUT)(x)}
        for layer in self.order:
            self._run(layer, values)
        return values

    def _run(self, layer: Layer, values: dict[str, torch.Tensor]) -> None:
        sources = [self.quantizer(n) for n in layer.inputs]
        inputs = [values[n] for n in layer.inputs]
        values[layer.name] = self.operation(layer.name)(inputs, sources, self.quantizer(layer.name))

    def _count(self) -> None:
        frozen = self.freeze_after is not None and int(self.trained) >= self.freeze_after
        for module in self.modules():
            if isinstance(module, ActivationQuantizer):
                module.frozen = frozen
            elif isinstance(module, Weighted):
                module.folded.frozen = frozen or module.folded.norm is None
        self.trained += 1

    def calibrate(self, x: torch.Tensor, section: QuantizeSection) -> None:
        """Scales and zero points from the float network's values on samples x (N, ...), by `section.method`.

        Raises:
            InputError: no such method, or a value is not finite.
        """
        quantizers: list[ActivationQuantizer] = list(self.quantizers.values())
        for quantizer in quantizers:
            quantizer.observe(section)
        with self.floating():
            for batch in x.split(BATCH):
                self(batch)
        for quantizer in quantizers:
            quantizer.settle()

    @contextmanager
    def rounding_once(self) -> Iterator[None]:
        """Evaluation rounds as training does, once and in float32, while the block runs."""
        operations: list[Operation] = list(self.layers.values())
        for operation in operations:
            operation.once = True
        try:
            yield
        finally:
            for operation in operations:
                operation.once = False

    @contextmanager
    def floating(self) -> Iterator[None]:
        """The float network, statistics folded, in evaluation and without gradients, while the block runs."""
        mode = self.training
        self.eval()
        for quantizer in self.quantizers.values():
            quantizer.off = True
        try:
            with torch.no_grad():
                yield
        finally:
            for quantizer in self.quantizers.values():
                quantizer.off = False
            self.train(mode)


def _key(name: str) -> str:
    """A value's name as a key of ModuleDict, which takes no dots."""
    return name.replace(".", "/")


def _groups(found: list[Call], made: dict[str, Operation]) -> dict[str, str]:
    """By value, the name of the group of values that share one quantizer: that of its first value."""
    parent = {INPUT: INPUT, **{call.name: call.name for call in found}}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for call in found:
        if made[call.name].SAME:
            for other in call.inputs[1:]:
                parent[root(other)] = root(call.inputs[0])
            parent[call.name] = root(call.inputs[0])
    return {name: root(name) for name in parent}


def _fixed(made: dict[str, Operation], group: dict[str, str]) -> dict[str, tuple[float, int]]:
    """Groups with prescribed parameters. Raises UnsupportedError where such a value shares with another."""
    found = {group[name]: o.FIXED for name, o in made.items() if o.FIXED is not None}
    for name, operation in made.items():
        if group[name] in found and not operation.SAME and operation.FIXED is None:
            text = f"shares its scale with a layer whose scale the specification fixes ({found[group[name]]})"
            raise UnsupportedError(f"layer {name}", text, "do not concatenate probabilities with other values")
    return {g: fixed for g, fixed in found.items() if fixed is not None}


def _types(
    found: list[Call], made: dict[str, Operation], group: dict[str, str], int16: Sequence[str]
) -> dict[str, str]:  # fmt: skip
    types = dict.fromkeys(group.values(), "int8")
    for name in int16:
        if name not in made:
            known = ", ".join(call.name for call in found)
            raise InputError("[qat] int16", f"there is no layer {name!r}", f"layers: {known}")
        types[group[name]] = "int16"
    return types


def _order(found: list[Call], output: str) -> list[Layer]:
    last: dict[str, str] = {}
    for call in found:
        last.update(dict.fromkeys(call.inputs, call.name))
    order = []
    for call in found:
        forget = tuple(sorted({n for n in call.inputs if last[n] == call.name and n != output}))
        order.append(Layer(call.name, tuple(call.inputs), forget))
    return order
