"""A network with fake quantization as Q/DQ ONNX: every value between QuantizeLinear and DequantizeLinear, with the
scales and zero points that were trained. Weights are int8 and biases int32 behind DequantizeLinear, so that nothing is
left for a reader to choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import __version__
from edgekit.crosstrain.qat.network import FakeQuantized
from edgekit.crosstrain.qat.operation import INPUT
from edgekit.graph import Quantization
from edgekit.quantization.rules.softmax import RULE as SOFTMAX

OPSET, OPSET_INT16 = 17, 21  # QuantizeLinear to int16 came with opset 21
IR_VERSION, IR_VERSION_INT16 = 8, 10
OUTPUT = "output"
PROBABILITIES = "softmax"

Array = NDArray[Any]


class Writer:
    """Collects nodes and constants."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append a node named like its only output."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, name: str, array: Any) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def dequantized(self, name: str, integers: Array, scale: Array, axis: int | None) -> str:
        """A constant given by its integers, with zero point 0; its real value's name."""
        scale = scale.astype(np.float32).reshape(-1) if axis is not None else scale.astype(np.float32).reshape(())
        inputs = [
            self.constant(f"{name}.integers", integers),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros(scale.shape, integers.dtype)),
        ]
        return self.node("DequantizeLinear", inputs, name, **({} if axis is None else {"axis": axis}))

    def quantized(self, value: str, name: str, q: Quantization, dtype: str) -> str:
        """The value quantized and dequantized; its integers are called `name`."""
        parameters = [
            self.constant(f"{name}.scale", q.scale.astype(np.float32).reshape(())),
            self.constant(f"{name}.zero", q.zero_point.astype(dtype).reshape(())),
        ]
        integers = self.node("QuantizeLinear", [value, *parameters], name)
        return self.node("DequantizeLinear", [integers, *parameters], f"{name}.real")

    def reshaped(self, value: str, shape: Sequence[int], name: str) -> str:
        found = self.constant(f"{name}.shape", np.array([1, *shape], np.int64))
        return self.node("Reshape", [value, found], f"{name}.reshaped")

    def padded(self, value: str, widths: Sequence[int], name: str) -> str:
        return self.node("Pad", [value, self.constant(f"{name}.widths", np.array(widths, np.int64))], f"{name}.padded")

    def clipped(self, value: str, low: float, high: float, name: str) -> str:
        bounds = [self.constant(f"{name}.{k}", np.float32(v)) for k, v in (("low", low), ("high", high))]
        return self.node("Clip", [value, *bounds], f"{name}.clipped")


def model(network: FakeQuantized, *, softmax: bool) -> Any:
    """The checked `onnx.ModelProto`: `input` (1, C, H, W) or (1, F) to `output`, both float32.

    Args:
        softmax: end in softmax, whose scale the specification fixes.
    """
    import onnx
    from onnx import TensorProto, helper

    writer = Writer()
    q = network.quantizer(INPUT)
    reals = {INPUT: writer.quantized(INPUT, f"{INPUT}.integers", q.quantization(), q.dtype)}
    for layer in network.order:
        operation, q = network.operation(layer.name), network.quantizer(layer.name)
        sources = [network.quantizer(n) for n in layer.inputs]
        real = operation.emit(writer, [reals[n] for n in layer.inputs], sources, q)
        _activated(writer, real, layer.name, operation.activation)
        writer.nodes[-1].output[0] = layer.name  # readers of Q/DQ name the integers after the real value
        reals[layer.name] = writer.quantized(layer.name, f"{layer.name}.integers", q.quantization(), q.dtype)
    last = reals[network.output]
    if softmax:
        probabilities = writer.node("Softmax", [last], PROBABILITIES, axis=1)
        assert SOFTMAX.output is not None
        last = writer.quantized(
            probabilities, f"{PROBABILITIES}.integers", Quantization.per_tensor(*SOFTMAX.output), "int8"
        )
    writer.nodes[-1].output[0] = OUTPUT
    shape = network.operation(network.output).shape
    wide = any(quantizer.dtype == "int16" for quantizer in network.quantizers.values())
    graph = helper.make_graph(
        writer.nodes, "graph",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, (1, *network.shape))],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, (1, *shape))],
        writer.constants,
    )  # fmt: skip
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET_INT16 if wide else OPSET)],
        ir_version=IR_VERSION_INT16 if wide else IR_VERSION, producer_name="edgekit", producer_version=__version__,
    )  # fmt: skip
    onnx.checker.check_model(made, full_check=True)
    return made


def _activated(writer: Writer, value: str, name: str, activation: str) -> None:
    if activation == "relu":
        writer.node("Relu", [value], f"{name}.relu")
    elif activation == "relu6":
        writer.clipped(value, 0.0, 6.0, name)
