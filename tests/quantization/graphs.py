"""Float graphs for tests: a small builder, and random networks over every operator that has an int8 rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from edgekit import plugins
from edgekit.graph import Graph, Node, Tensor, operators


class Builder:
    """Adds nodes to a float graph with one input `x`; every method returns the new tensor's name."""

    def __init__(self, shape: Sequence[int], seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.graph = Graph("float", inputs=["x"])
        self.graph.add(Tensor("x", tuple(shape), "float32"))

    def shape(self, name: str) -> tuple[int, ...]:
        return self.graph.tensors[name].shape

    def constant(self, data: Any) -> str:
        return self.graph.add(Tensor.constant(self.graph.unique("c"), np.asarray(data, np.float32)))

    def op(self, name: str, *inputs: str, parts: int = 1, **attributes: Any) -> str:
        op = operators()[name](**attributes)
        shapes = op.infer([self.graph.tensors[n] for n in inputs])
        outputs = tuple(
            self.graph.add(Tensor(self.graph.unique(f"{name}_{len(self.graph.nodes)}"), s, "float32")) for s in shapes
        )
        self.graph.nodes.append(Node(op, inputs, outputs))
        return outputs[0]

    def normal(self, *shape: int, spread: float = 1.0) -> str:
        return self.constant(self.rng.normal(0, spread, shape))

    def conv(self, x: str, filters: int = 6, kernel: int = 3, **attributes: Any) -> str:
        channels = self.shape(x)[3]
        w = self.normal(filters, kernel, kernel, channels, spread=(kernel * kernel * channels) ** -0.5)
        return self.op("conv_2d", x, w, self.normal(filters, spread=0.3), **attributes)

    def dense(self, x: str, width: int = 10) -> str:
        size = self.shape(x)[-1]
        return self.op("fully_connected", x, self.normal(width, size, spread=size**-0.5), self.normal(width))

    def done(self, *outputs: str) -> Graph:
        self.graph.outputs = list(outputs)
        self.graph.validate()
        return self.graph


def _depthwise(b: Builder, x: str) -> str:
    c = b.shape(x)[3]
    return b.op("depthwise_conv_2d", x, b.normal(1, 3, 3, c, spread=0.4), b.normal(c, spread=0.2), activation="relu6")


def _transpose_conv(b: Builder, x: str) -> str:
    _, h, w, c = b.shape(x)
    return b.op("transpose_conv", x, b.normal(4, 2, 2, c, spread=c**-0.5), output_size=(h, w), padding="same")


def _resize(kind: str) -> Callable[[Builder, str], str]:
    def step(b: Builder, x: str) -> str:
        return b.op(kind, x, size=(b.shape(x)[1] + 1, b.shape(x)[2] + 2))

    return step


def _unary(name: str, **attributes: Any) -> Callable[[Builder, str], str]:
    return lambda b, x: b.op(name, x, **attributes)


def _with_branch(name: str, **attributes: Any) -> Callable[[Builder, str], str]:
    return lambda b, x: b.op(name, x, b.conv(x, b.shape(x)[3]), **attributes)


def _split(b: Builder, x: str) -> str:
    c = b.shape(x)[3]
    first = b.op("split", x, axis=3, sizes=(1, c - 1)) if c > 1 else x
    return b.op("concatenation", x, first, axis=3)


def _slice(b: Builder, x: str) -> str:
    n, h, w, c = b.shape(x)
    return b.op("strided_slice", x, begin=(0, 0, 1, 0), end=(n, h, w, c), strides=(1, 1, 1, 1))


STEPS: dict[str, Callable[[Builder, str], str]] = {
    "conv_2d": lambda b, x: b.conv(x, 5, activation=("none", "relu", "relu6")[b.rng.integers(3)]),
    "depthwise_conv_2d": _depthwise,
    "transpose_conv": _transpose_conv,
    "fully_connected": lambda b, x: b.dense(b.op("mean", x, axes=(1, 2), keep_dims=False)),
    "add": _with_branch("add", activation="relu"),
    "sub": _with_branch("sub"),
    "mul": lambda b, x: b.op("mul", x, b.constant(b.rng.uniform(0.5, 2, b.shape(x)[3]))),
    "maximum": _with_branch("maximum"),
    "minimum": lambda b, x: b.op("minimum", x, b.constant(b.rng.uniform(0.5, 1, b.shape(x)[3]))),
    "average_pool_2d": _unary("average_pool_2d", window=(2, 2), stride=(1, 1), padding="same"),
    "max_pool_2d": _unary("max_pool_2d", window=(2, 2), stride=(2, 2), padding="same"),
    "mean": _unary("mean", axes=(1, 2), keep_dims=True),
    "sum": _unary("sum", axes=(1,), keep_dims=True),
    "concatenation": _with_branch("concatenation", axis=3),
    "split": _split,
    "strided_slice": _slice,
    "pad": _unary("pad", paddings=((0, 0), (1, 0), (0, 2), (0, 0))),
    "reshape": lambda b, x: b.op("reshape", x, shape=(b.shape(x)[0], b.shape(x)[2], b.shape(x)[1], b.shape(x)[3])),
    "transpose": _unary("transpose", permutation=(0, 2, 1, 3)),
    "resize_bilinear": _resize("resize_bilinear"),
    "resize_nearest_neighbor": _resize("resize_nearest_neighbor"),
    "prelu": lambda b, x: b.op("prelu", x, b.constant(b.rng.uniform(0, 0.5, (1, 1, b.shape(x)[3])))),
    **{name: _unary(name) for name in ("softmax", "logistic", "tanh", "relu", "relu6", "relu_n1_to_1", "hard_swish")},
    "leaky_relu": _unary("leaky_relu", alpha=0.125),
}


def covered() -> list[str]:
    """Operators that have a rule and that this version can run."""
    return [name for name in plugins.names("edgekit.quantization.rules") if name in operators()]


def one_operator(name: str, seed: int = 0) -> Graph:
    """A convolution and then the operator."""
    b = Builder((1, 7, 6, 3), seed)
    return b.done(STEPS[name](b, b.conv("x", 4)))


def random_network(seed: int, length: int = 5) -> Graph:
    """A chain of random operators with a classifier at its end."""
    b = Builder((1, 9, 8, 3), seed)
    x = b.conv("x", 4, activation="relu")
    for name in b.rng.choice([n for n in covered() if n not in ("fully_connected", "softmax")], length):
        x = STEPS[str(name)](b, x)
    x = b.dense(b.op("mean", x, axes=(1, 2), keep_dims=False))
    return b.done(b.op("softmax", x), x)


def samples(graph: Graph, count: int = 32, seed: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    return {n: rng.normal(0, 1, (count, *graph.tensors[n].shape[1:])).astype(np.float32) for n in graph.inputs}
