"""Two operands, one of which repeats over the other, and reductions."""

from __future__ import annotations

import numpy as np

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.sub import Sub


def _repeated(kind: type[Add] | type[Mul] | type[Sub], d: Draw) -> Graph:
    h, w = d.size()
    shape = (d.of(1, 1, 2), h, w, d.of(3, 5, 8 * d.upto(20), d.upto(300)))
    small = d.turn(((1, 1, 1, shape[3]), (shape[0], 1, 1, shape[3]), (*shape[:3], 1)))
    b = Builder(kind.name, shape, 0)
    first, second = (float(np.float32(x)) for x in d.rng.uniform(0.004, 0.02, 2))
    zeros = d.of(-128, -5), d.of(-128, 3), d.of(-128, -4)
    scale = first * second * 255 if kind is Mul else first + second
    if kind is not Mul and d.of(0, 1):  # sums with ties of both signs
        (first, second), scale, zeros = (0.031, 0.0173) if d.of(0, 1) else (0.0173, 0.031), 0.05, (-5, 3, -4)
    b.graph.tensors["input"] = Tensor("input", shape, "int8", Quantization.per_tensor(first, zeros[0]))
    b.graph.add(Tensor("second", small, "int8", Quantization.per_tensor(second, zeros[1])))
    b.graph.inputs.append("second")
    return b.ended(b.node(kind(d.activation()), ["input", "second"], Quantization.per_tensor(scale, zeros[2])))


def add(d: Draw) -> Graph:
    return _repeated(Add, d)


def mul(d: Draw) -> Graph:
    return _repeated(Mul, d)


def sub(d: Draw) -> Graph:
    return _repeated(Sub, d)


def mean(d: Draw) -> Graph:
    """Over height and width, over channels, or over all."""
    h, w = (max(side, 3) for side in d.size())
    b = Builder("mean", (d.of(1, 1, 3), h, w, d.of(3, 5, 4 * d.upto(20), 8 * d.upto(20), d.upto(200))), 0)
    axes = d.turn(((1, 2), (1, 2), (3,), (2,), (1, 2, 3)))
    return b.ended(b.node(Mean(axes, True), ["input"], Quantization.per_tensor(d.of(1, 2) / 255, d.of(-128, -4))))


SAMPLERS: tuple[Sampler, ...] = ((mul, 40), (add, 40), (sub, 10), (mean, 90))
