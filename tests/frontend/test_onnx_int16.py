"""Q/DQ models with int16 activations, all or some, become 16x8 graphs that compute what onnxruntime computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgekit.errors import UnsupportedError
from edgekit.frontend.onnx import read
from edgekit.frontend.tflite import read as read_tflite
from edgekit.frontend.tflite import write
from edgekit.reference import Simulator, dequantize_array
from edgekit.verification import verify
from tests.frontend.onnx_models import session, to_nhwc

SCALES = {np.int8: 2.0**-5, np.int16: 2.0**-13}


def qdq(types: list[Any], zero: int = 0) -> bytes:
    """Conv+Relu, MaxPool, Conv, Add with the pool, Mean, with the activations between them quantized to `types`."""
    rng = np.random.default_rng(0)
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(value, name))
        return name

    def through(name: str, kind: Any) -> str:
        scale = constant(f"{name}_s", np.array(SCALES[kind], np.float32))
        at = constant(f"{name}_z", np.array(zero if kind == np.int16 else 3, kind))
        nodes.append(helper.make_node("QuantizeLinear", [name, scale, at], [f"{name}_q"]))
        nodes.append(helper.make_node("DequantizeLinear", [f"{name}_q", scale, at], [f"{name}_d"]))
        return f"{name}_d"

    def weights(name: str, shape: tuple[int, ...]) -> str:
        integers = constant(f"{name}_i", rng.integers(-127, 128, shape, np.int8))
        scale = constant(f"{name}_s", rng.uniform(0.5e-3, 2e-3, shape[0]).astype(np.float32))
        at = constant(f"{name}_z", np.zeros(shape[0], np.int8))
        nodes.append(helper.make_node("DequantizeLinear", [integers, scale, at], [name], axis=0))
        return name

    def bias(name: str, channels: int) -> str:
        return constant(name, rng.uniform(-0.3, 0.3, channels).astype(np.float32))

    def node(op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    x = through("x", types[0])
    one = node("Conv", [x, weights("w1", (4, 3, 3, 3)), bias("b1", 4)], "c1", pads=[1, 1, 1, 1])
    pooled = node("MaxPool", [through(node("Relu", [one], "r1"), types[1])], "p1", kernel_shape=[2, 2], strides=[2, 2])
    pooled = through(pooled, types[1])
    two = through(node("Conv", [pooled, weights("w2", (4, 4, 1, 1)), bias("b2", 4)], "c2"), types[2])
    total = through(node("Add", [two, pooled], "a"), types[3])
    y = through(node("GlobalAveragePool", [total], "y"), types[4])
    graph = helper.make_graph(
        nodes, "wide", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info(y, TensorProto.FLOAT, [1, 4, 1, 1])], constants,
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(made.SerializeToString())


WIDE, NARROW = np.int16, np.int8


@pytest.mark.parametrize(
    "types",
    [[WIDE] * 5, [NARROW, WIDE, WIDE, NARROW, NARROW], [NARROW, NARROW, WIDE, NARROW, NARROW],
     [WIDE, NARROW, NARROW, WIDE, WIDE], [NARROW, NARROW, NARROW, WIDE, NARROW]],
)  # fmt: skip
def test_the_same_as_onnxruntime(types: list[Any]) -> None:
    data = qdq(types)
    graph = read(data)
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, (16, 3, 8, 8)).astype(np.float32)
    expected = np.concatenate([session(data).run(None, {"x": part[None]})[0] for part in x])
    (output,) = graph.outputs
    found = dequantize_array(Simulator(graph).run({"x": to_nhwc(x)})[output], graph.tensors[output])
    step = 2.0**-5 if NARROW in types else 2.0**-13  # one narrow layer decides the resolution
    assert np.abs(found.reshape(expected.shape) - expected).max() <= 2.01 * step
    assert ("int16" if types[-1] is WIDE else "int8") == graph.tensors[output].dtype
    assert any(t.dtype == "int16" for t in graph.activations())
    assert not any(t.dtype == "float32" for t in graph.activations())
    assert {t.dtype for t in graph.tensors.values()} <= {"int8", "int16", "int32", "int64"}
    again = read_tflite(write(graph), graph.name)
    for runtime in ("tflite-micro", "litert-reference"):
        assert verify(again, runtime, samples=4).exact


def test_int16_around_another_value_than_zero_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="int16 with a zero point"):
        read(qdq([WIDE] * 5, zero=5))
