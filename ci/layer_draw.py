"""Random choices of the layers to measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.graphs import Builder
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.transpose_conv import TransposeConv

ACTIVATIONS: tuple[Activation, ...] = ("none", "relu", "relu6")


class Draw:
    """Random choices."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.turns = 0

    def of(self, *options: int) -> int:
        return int(self.rng.choice(options))

    def turn(self, options: Sequence[Any]) -> Any:
        """One after the other."""
        self.turns += 1
        return options[(self.turns - 1) % len(options)]

    def upto(self, largest: int) -> int:
        """From 1, small ones as often as large ones."""
        return int(np.exp(self.rng.uniform(0, np.log(largest + 0.99))))

    def channels(self, largest: int) -> int:
        """Mostly multiples of 4, 8 or 16, as networks have."""
        step = self.of(1, 4, 8, 8, 16)
        return step * self.upto(max(1, largest // step))

    def size(self) -> tuple[int, int]:
        side = self.upto(28)
        return side, side if self.of(0, 1) else self.upto(28)

    def window(self) -> tuple[int, int]:
        side = self.of(1, 1, 2, 3, 3, 3, 5, 7)
        return (side, side) if self.of(0, 1, 1) else (self.of(1, 2, 3, 4, 10), side)

    def stride(self) -> tuple[int, int]:
        side = self.of(1, 1, 1, 2, 2, 3)
        return (side, side) if self.of(0, 1, 1) else (side, self.of(1, 2))

    def activation(self) -> Activation:
        return ACTIVATIONS[self.of(0, 1, 2)]


def weighted(
    op: Conv2D | DepthwiseConv2D | FullyConnected | TransposeConv,
    d: Draw,
    shape: tuple[int, ...],
    axis: int,
    x: tuple[int, ...],
) -> Graph:
    b = Builder(op.name, x, d.of(*range(1000)))
    graph = b.ended(b.weighted(op, "input", shape, axis))
    if d.of(0, 1, 1) == 0:  # a clamp inside the range
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(
            y, quantization=Quantization.per_tensor(d.of(0, 1) * 0.06 or float(y.scale), -5)
        )
    if d.of(0, 0, 0, 1):  # large and left shifts, which kernels requantize another way
        for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
            q = Quantization(t.quantization.scale * np.float32(d.of(1 << 14, 1 << 18)) ** d.of(-1, 1),
                             t.quantization.zero_point, t.quantization.axis)  # fmt: skip
            graph.tensors[t.name] = replace(t, quantization=q)
    return graph


Sampler = tuple[Callable[[Draw], Graph], int]
