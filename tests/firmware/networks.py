"""Random networks of 3 to 8 nodes with branches: values read again later, several outputs, inputs that are outputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.logistic import Logistic
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.maximum import Maximum
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.split import Split
from edgekit.graph.ops.sub import Sub
from edgekit.graph.ops.transpose import Transpose
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag

COMMON = Quantization.per_tensor(float(np.float32(0.043)), -7)


class _Growing:
    """A graph that grows node by node; `images` are what later nodes may read, all of rank 4."""

    def __init__(self, pick: Picker) -> None:
        self.pick = pick
        self.graph = Graph("network")
        self.images: list[Tensor] = []
        batch = choose(pick, (1, 1, 2))
        shape = (batch, pick.integer(3, 7), pick.integer(3, 7), 2 * pick.integer(1, 3))
        for i in range(pick.integer(1, 2)):
            x = Tensor(f"x{i}", shape, "int8", COMMON)
            self.graph.add(x)
            self.graph.inputs.append(x.name)
            self.images.append(x)

    def quantization(self, like: Tensor) -> Quantization | None:
        if flag(self.pick):
            return like.quantization
        return Quantization.per_tensor(picker.scale(self.pick, -6), picker.zero_point(self.pick))

    def node(self, op: Operator, names: tuple[str, ...], *quantizations: Quantization | None) -> list[Tensor]:
        shapes = op.infer([self.graph.tensors[n] for n in names])
        given = quantizations * len(shapes) if len(quantizations) == 1 else quantizations
        made = []
        for shape, q in zip(shapes, given, strict=True):
            made.append(Tensor(self.graph.unique("t"), shape, "int8", q))
            self.graph.add(made[-1])
        self.graph.nodes.append(Node(op, names, tuple(t.name for t in made)))
        return made

    def image(self) -> Tensor:
        """Often the newest, sometimes one that was read before."""
        return self.images[-1] if flag(self.pick) else choose(self.pick, self.images)

    def partner(self, x: Tensor, same_quantization: bool) -> Tensor:
        """Another tensor of the same shape, or x itself."""
        fit = [t for t in self.images if t.shape == x.shape]
        return choose(self.pick, [t for t in fit if not same_quantization or t.quantization == x.quantization])

    def weights(self, shape: tuple[int, ...], axis: int) -> str:
        rng = np.random.default_rng(self.pick.integer(0, 1 << 30))
        name = self.graph.unique("w")
        scales = rng.uniform(0.001, 0.02, shape[axis]).astype(np.float32)
        values = rng.integers(-127, 128, shape).astype(np.int8)
        return self.graph.add(Tensor.constant(name, values, Quantization.per_channel(scales, axis)))


def _conv_2d(g: _Growing) -> list[Tensor]:
    x, size = g.image(), choose(g.pick, (1, 3))
    w = g.weights((choose(g.pick, (x.shape[3], 2 * g.pick.integer(1, 4))), size, size, x.shape[3]), 0)
    return g.node(Conv2D(activation=choose(g.pick, ACTIVATIONS)), (x.name, w), g.quantization(x))


def _depthwise_conv_2d(g: _Growing) -> list[Tensor]:
    x = g.image()
    w = g.weights((1, 3, 3, x.shape[3]), 3)
    stride = choose(g.pick, (1, 1, 2))
    return g.node(DepthwiseConv2D((stride, stride)), (x.name, w), g.quantization(x))


def _pool(g: _Growing) -> list[Tensor]:
    x, kind = g.image(), choose(g.pick, (AveragePool2D, MaxPool2D))
    stride = choose(g.pick, (1, 1, 2))
    return g.node(kind((3, 3), (stride, stride), "same"), (x.name,), x.quantization)


def _binary(g: _Growing) -> list[Tensor]:
    x, kind = g.image(), choose(g.pick, (Add, Add, Sub, Mul))
    return g.node(kind(choose(g.pick, ACTIVATIONS)), (x.name, g.partner(x, False).name), g.quantization(x))


def _maximum(g: _Growing) -> list[Tensor]:
    x = g.image()
    return g.node(Maximum(), (x.name, g.partner(x, True).name), x.quantization)


def _relu(g: _Growing) -> list[Tensor]:
    x = g.image()
    return g.node(Relu(), (x.name,), g.quantization(x))


def _logistic(g: _Growing) -> list[Tensor]:
    return g.node(choose(g.pick, (Logistic(), Softmax())), (g.image().name,), Quantization.per_tensor(2.0**-8, -128))


def _concatenation(g: _Growing) -> list[Tensor]:
    x = g.image()
    others = [g.partner(x, True).name for _ in range(g.pick.integer(1, 2))]
    return g.node(Concatenation(choose(g.pick, (1, 3))), (x.name, *others), x.quantization)


def _split(g: _Growing) -> list[Tensor]:
    x = g.image()
    axis = choose(g.pick, (1, 3))
    first = g.pick.integer(1, max(1, x.shape[axis] - 1))
    sizes = (first, x.shape[axis] - first) if x.shape[axis] > first else (first,)
    return g.node(Split(axis, sizes), (x.name,), x.quantization)


def _pad(g: _Growing) -> list[Tensor]:
    x = g.image()
    return g.node(Pad(((0, 0), (1, 0), (0, 1), (0, 0))), (x.name,), x.quantization)


def _reshape(g: _Growing) -> list[Tensor]:
    x = g.image()
    n, h, w, c = x.shape
    return g.node(Reshape((n, w, h, c)), (x.name,), x.quantization)


def _transpose(g: _Growing) -> list[Tensor]:
    x = g.image()
    return g.node(Transpose((0, 2, 1, 3)), (x.name,), x.quantization)


GROWTH: tuple[Callable[[_Growing], list[Tensor]], ...] = (
    _conv_2d, _depthwise_conv_2d, _pool, _binary, _binary, _maximum, _relu, _relu, _logistic, _concatenation, _split,
    _pad, _reshape, _reshape, _transpose,
)  # fmt: skip


def case(pick: Picker) -> Graph:
    """Tensors nobody reads are outputs, but sometimes one; often one that is read again is an output too."""
    g = _Growing(pick)
    for _ in range(pick.integer(3, 8)):
        g.images += choose(pick, GROWTH)(g)
    read = g.graph.consumers()
    g.graph.outputs = [t.name for t in g.graph.activations() if t.name not in read and t.name not in g.graph.inputs]
    if len(g.graph.outputs) > 1 and pick.integer(0, 3) == 0:
        g.graph.outputs.pop(0)
    again = [n for n in read if n not in g.graph.outputs and not g.graph.tensors[n].is_constant]
    if again and flag(pick):
        g.graph.outputs.append(choose(pick, again))
    g.graph.validate()
    return g.graph
