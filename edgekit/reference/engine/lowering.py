"""The ONNX graph under construction: float32 tensors (N, C, H, W) that hold integers, zero points subtracted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor

Array = NDArray[Any]
BLOCK = 16  # channels are padded to it: the blocked convolutions take whole blocks of 8 or 16
MAGIC = 1.5 * 2**23  # adding it rounds to the nearest integer, ties to even, and leaves the integer in the low bits
OPSET, IR_VERSION = 17, 8
INPUT = "input "  # before the names of tensors, which may be anything


class Lowering:
    """Appends nodes; every method returns the name of the new value.

    Attributes:
        values: name here by the name of the tensor in the quantized graph.
        channels: of each value, padding included.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Array] = {}
        self.values: dict[str, str] = {}
        self.channels: dict[str, int] = {}

    def constant(self, value: Any) -> str:
        name = f"constant{len(self.constants)}"
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def node(self, kind: str, inputs: Sequence[str], channels: int, **attributes: Any) -> str:
        from onnx import helper

        name = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        self.channels[name] = channels
        return name

    def input(self, tensor: Tensor) -> None:
        """An int8 (N, H, W, C) input."""
        channels = tensor.shape[3]
        x = self.node("Transpose", [INPUT + tensor.name], channels, perm=[0, 3, 1, 2])
        x = self.node("Cast", [x], channels, to=1)
        x = self.node("Sub", [x, self.constant(np.float32(tensor.zero_point))], channels)
        self.values[tensor.name] = x

    def blocked(self, x: str) -> str:
        """x with its channels padded to whole blocks."""
        missing = blocks(self.channels[x]) - self.channels[x]
        if not missing:
            return x
        pads = self.constant(np.array([0, 0, 0, 0, 0, missing, 0, 0], np.int64))
        return self.node("Pad", [x, pads], self.channels[x] + missing)

    def conv(self, x: str, weights: Array, bias: Array, **attributes: Any) -> str:
        """weights: (Co, Ci or 1, Kh, Kw), output channels padded here."""
        channels = blocks(len(weights))
        w = np.zeros((channels, *weights.shape[1:]), np.float32)
        w[: len(weights)] = weights
        return self.node("Conv", [x, self.constant(w), self.constant(padded(bias, channels))], channels, **attributes)

    def scaled(self, x: str, mul: Array | float, add: Array | float = 0.0, plus: str | None = None) -> str:
        """x * mul + add (+ plus), per channel: a 1 x 1 depthwise convolution, which keeps the blocked layout."""
        channels = self.channels[x]
        w = padded(mul, channels).reshape(-1, 1, 1, 1)
        names = [x, self.constant(w), self.constant(padded(add, channels))]
        y = self.node("Conv", names, channels, group=channels, kernel_shape=[1, 1])
        return y if plus is None else self.node("Add", [plus, y], channels)

    def clip(self, x: str, low: float, high: float) -> str:
        bounds = [self.constant(np.float32(v)) for v in (low, high)]
        return self.node("Clip", [x, *bounds], self.channels[x])

    def model(self, inputs: Sequence[Tensor], outputs: Sequence[str]) -> bytes:
        """The serialized model from int8 inputs to the values of `outputs`, in their order."""
        from onnx import TensorProto, helper, numpy_helper

        results = [helper.make_node("Identity", [self.values[name]], [f"{name} result"]) for name in outputs]
        graph = helper.make_graph(
            [*self.nodes, *results],
            "engine",
            [helper.make_tensor_value_info(INPUT + t.name, TensorProto.INT8, ["N", *t.shape[1:]]) for t in inputs],
            [helper.make_tensor_value_info(f"{n} result", TensorProto.FLOAT, ["N", None, None, None]) for n in outputs],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        opset = [helper.make_opsetid("", OPSET)]
        return bytes(helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION).SerializeToString())


def blocks(channels: int) -> int:
    return -(-channels // BLOCK) * BLOCK


def padded(value: Array | float, channels: int) -> NDArray[np.float32]:
    """(channels,) float32: scalars everywhere, arrays with zeros behind."""
    given = np.asarray(value, np.float32)
    if given.ndim == 0:
        return np.full(channels, given, np.float32)
    return np.concatenate([given, np.zeros(channels - given.size, np.float32)])
