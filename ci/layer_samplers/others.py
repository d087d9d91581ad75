"""Layers without weights."""

from __future__ import annotations

import numpy as np

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.logistic import Logistic
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.quantize import Quantize
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.split import Split

WINDOWS = (
    (2, 2),
    (3, 3),
    (1, 2),
    (0, 0),
    (2, 2),
    (3, 3),
    (1, 2),
    (2, 3),
    (2, 2),
    (3, 3),
    (2, 1),
    (4, 1),
    (1, 2),
    (0, 0),
    (5, 4),
)


def _pool(kind: type[AveragePool2D] | type[MaxPool2D], d: Draw) -> Graph:
    """Windows of WINDOWS, (0, 0) as large as the image; some outputs are clamped."""
    (h, w), (height, width) = d.size(), d.turn(WINDOWS)
    channels = d.of(1, 2, 3, 4, 4, 5, 6, 7, 8, 8) if d.of(0, 1) else d.channels(96)
    h, w = max(h, height), max(w, width)
    if width == 1 and d.of(0, 1):  # one dimension
        w = 1
    window = (height or h, width or w)
    stride = window if d.of(0, 1) else d.stride()
    b = Builder(kind.__name__, (1, h, w, channels), 0)
    op = kind(window, stride, "same" if d.of(0, 1) else "valid", "relu6" if d.of(0, 0, 0, 1) else "none")
    b.graph.tensors["input"] = b.graph.tensors["input"].with_(quantization=Quantization.per_tensor(0.06, -5))
    return b.ended(b.node(op, ["input"], b.graph.tensors["input"].quantization))


def average_pool_2d(d: Draw) -> Graph:
    return _pool(AveragePool2D, d)


def max_pool_2d(d: Draw) -> Graph:
    return _pool(MaxPool2D, d)


def quantize(d: Draw) -> Graph:
    graph = Graph("quantize", inputs=["x"], outputs=["y"])
    shape = (1, d.upto(2000))
    graph.add(Tensor("x", shape, "float32"))
    graph.add(Tensor("y", shape, "int8", Quantization.per_tensor(0.02, d.of(-128, 3))))
    graph.nodes = [Node(Quantize(), ("x",), ("y",))]
    return graph


def retyped(d: Draw) -> Graph:
    """Between int8 and int16."""
    graph = Graph("retyped", inputs=["x"], outputs=["y"])
    shape, types = (1, d.upto(2000)), ("int8", "int16") if d.of(0, 1) else ("int16", "int8")
    for name, dtype in zip("xy", types, strict=True):
        graph.add(Tensor(name, shape, dtype, Quantization.per_tensor(*((0.02, -5) if dtype == "int8" else (1e-4, 0)))))
    graph.nodes = [Node(Quantize(), ("x",), ("y",))]
    return graph


def softmax(d: Draw) -> Graph:
    b = Builder("softmax", (d.of(1, 1, 1, 4), d.upto(200)), 0)
    return b.ended(b.node(Softmax(), ["input"], Quantization.per_tensor(1 / 256, -128)))


def logistic(d: Draw) -> Graph:
    """As all functions of one value."""
    b = Builder("logistic", (1, d.upto(2000)), 0)
    return b.ended(b.node(Logistic(), ["input"], Quantization.per_tensor(1 / 256, -128)))


def _binary(op: Operator, d: Draw) -> Graph:
    h, w = d.size()
    shape = (1, h, w, d.channels(64))
    b = Builder(op.name, shape, 0)
    first, second = (float(np.float32(x)) for x in d.rng.uniform(0.004, 0.02, 2))
    b.graph.tensors["input"] = Tensor("input", shape, "int8", Quantization.per_tensor(first, d.of(-128, -5)))
    b.graph.add(Tensor("second", shape, "int8", Quantization.per_tensor(second, d.of(-128, 3))))
    b.graph.inputs.append("second")
    return b.ended(b.node(op, ["input", "second"], Quantization.per_tensor(first + second, d.of(-128, -4))))


def add(d: Draw) -> Graph:
    return _binary(Add(d.activation()), d)


def mul(d: Draw) -> Graph:
    return _binary(Mul(d.activation()), d)


def moved(d: Draw) -> Graph:
    """Padding, concatenation or split of an image, mostly of whole words."""
    h, w = d.size()
    channels = 4 * d.upto(16) if d.of(0, 1, 1) else d.upto(32)
    b = Builder("moved", (1, h, w, 2 * channels), 0)
    q = b.graph.tensors["input"].quantization
    kind = d.of(0, 1, 2)
    if kind == 0:
        y = b.node(Pad(((0, 0), (d.of(0, 1, 2), 1), (d.of(0, 1), 2), (0, 0)), 0.0), ["input"], q)
    elif kind == 1:
        b.graph.add(Tensor("second", (1, h, w, channels), "int8", q))
        b.graph.inputs.append("second")
        y = b.node(Concatenation(axis=3), ["input", "second"], q)
    else:
        outputs = [Tensor(name, (1, h, w, channels), "int8", q) for name in ("a", "b")]
        for tensor in outputs:
            b.graph.add(tensor)
        b.graph.nodes.append(Node(Split(axis=3, sizes=(channels, channels)), ("input",), ("a", "b")))
        y = "a"
    return b.ended(y)


SAMPLERS: tuple[Sampler, ...] = (
    (average_pool_2d, 120),
    (max_pool_2d, 240),
    (softmax, 12),
    (logistic, 24),
    (quantize, 6),
    (retyped, 16),
    (add, 24),
    (mul, 16),
    (moved, 24),
)
