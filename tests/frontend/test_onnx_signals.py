"""One-dimensional ONNX networks: every operator against onnxruntime, and that nothing is moved at run time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import helper

from edgekit.frontend.onnx import read
from edgekit.graph import Graph
from edgekit.reference import Simulator
from tests.frontend.onnx_models import inputs_of, model, operators_of, session

RNG = np.random.default_rng(11)
SIGNAL = [1, 6, 13]
node = helper.make_node


def f32(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def i64(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


Case = tuple[str, dict[str, Any], dict[str, np.ndarray]]
CASES: list[Case] = [
    ("Conv", {"pads": [1, 1]}, {"w": f32(4, 6, 3), "b": f32(4)}),
    ("Conv", {"pads": [3, 0], "dilations": [2]}, {"w": f32(4, 6, 3)}),
    ("Conv", {"strides": [2], "kernel_shape": [5]}, {"w": f32(4, 6, 5), "b": f32(4)}),
    ("Conv", {"auto_pad": "SAME_UPPER", "strides": [3]}, {"w": f32(4, 6, 4)}),
    ("Conv", {"group": 6, "pads": [1, 1]}, {"w": f32(6, 1, 3), "b": f32(6)}),
    ("Conv", {"group": 3, "pads": [1, 1]}, {"w": f32(12, 2, 3), "b": f32(12)}),
    ("Conv", {}, {"w": f32(4, 6, 1), "b": f32(4)}),
    ("ConvTranspose", {"strides": [2]}, {"w": f32(6, 4, 2), "b": f32(4)}),
    ("ConvTranspose", {"strides": [2], "pads": [1, 1], "output_padding": [1]}, {"w": f32(6, 4, 3)}),
    ("BatchNormalization", {}, {"s": f32(6), "b": f32(6), "m": f32(6), "v": np.abs(f32(6))}),
    ("MaxPool", {"kernel_shape": [2], "strides": [2]}, {}),
    ("MaxPool", {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}, {}),
    ("MaxPool", {"kernel_shape": [2], "strides": [2], "ceil_mode": 1}, {}),
    ("AveragePool", {"kernel_shape": [3], "pads": [1, 1]}, {}),
    ("AveragePool", {"kernel_shape": [3], "pads": [1, 1], "count_include_pad": 1}, {}),
    ("GlobalAveragePool", {}, {}),
    ("GlobalMaxPool", {}, {}),
    ("Resize", {"mode": "nearest"}, {"": f32(0), "s": np.array([1, 1, 2], np.float32)}),
    ("Resize", {"mode": "linear"}, {"": f32(0), "t": i64(1, 6, 26)}),
    ("Resize", {"mode": "nearest", "axes": [-1]}, {"": f32(0), "s": np.array([3], np.float32)}),
    # not of images, but between them
    ("Mul", {}, {"w": f32(6, 1)}),
    ("Pad", {}, {"p": i64(0, 0, 4, 0, 0, 0)}),
    ("Slice", {}, {"s": i64(0), "e": i64(-2), "a": i64(2)}),
    ("Slice", {}, {"s": i64(1), "e": i64(5), "a": i64(1), "t": i64(2)}),
    ("Concat", {"axis": 1}, {"w": f32(1, 3, 13)}),
    ("ReduceMean", {}, {"a": i64(-1)}),
    ("ReduceMean", {"keepdims": 0}, {"a": i64(2)}),
    ("Softmax", {"axis": 1}, {}),
]


def made(last: str, attributes: dict[str, Any], constants: dict[str, np.ndarray]) -> bytes:
    """A 1x1 convolution and the operator."""
    given = {name: value for name, value in constants.items() if name}
    names = ["h", "", *given] if "s" in given and last == "Resize" else ["h", *given]
    names = ["h", "", "", "t"] if "t" in given and last == "Resize" else names
    nodes = [node("Conv", ["x", "k"], ["h"]), node(last, names, ["y"], **attributes)]
    return model(nodes, {"x": SIGNAL}, {"k": f32(6, 6, 1), **given}, opset=19)


def last(array: np.ndarray) -> np.ndarray:
    return array.transpose(0, 2, 1) if array.ndim == 3 else array


def equal(data: bytes) -> Graph:
    """The graph, after a comparison with onnxruntime."""
    graph, peer = read(data), session(data)
    simulator = Simulator(graph)
    for seed in range(3):
        feed = inputs_of(peer, seed)
        (expected,) = peer.run(None, feed)
        (found,) = simulator.run({name: last(value) for name, value in feed.items()}).values()
        want = last(expected)
        assert found.shape == want.shape
        assert np.abs(found - want).max() <= 2e-5 * max(1.0, np.abs(want).max())
    return graph


@pytest.mark.parametrize("case", CASES, ids=[f"{c[0]}{i}" for i, c in enumerate(CASES)])
def test_operator_computes_what_onnxruntime_does(case: Case) -> None:
    assert "transpose" not in operators_of(equal(made(*case)))


def test_a_temporal_network_has_no_reshape_but_at_its_ends() -> None:
    """Causal convolutions in residual blocks, two branches, batch normalization, pooling, a classifier."""
    nodes = [
        node("Conv", ["x", "w0", "b0"], ["c0"], pads=[2, 2]),
        node("BatchNormalization", ["c0", "s", "o", "m", "v"], ["n0"]),
        node("Relu", ["n0"], ["r0"]),
        node("MaxPool", ["r0"], ["p0"], kernel_shape=[2], strides=[2]),
        node("Pad", ["p0", "causal"], ["q"]),
        node("Conv", ["q", "w1", "b0"], ["c1"], dilations=[2]),
        node("Relu", ["c1"], ["r1"]),
        node("Add", ["r1", "p0"], ["sum"]),
        node("Conv", ["sum", "w2", "b0"], ["left"], group=8, pads=[1, 1]),
        node("Concat", ["left", "sum"], ["both"], axis=1),
        node("GlobalAveragePool", ["both"], ["mean"]),
        node("Flatten", ["mean"], ["flat"]),
        node("Gemm", ["flat", "w3", "b3"], ["y"], transB=1),
    ]
    constants = {
        "w0": f32(8, 3, 5), "b0": f32(8), "s": f32(8), "o": f32(8), "m": f32(8), "v": np.abs(f32(8)),
        "causal": i64(0, 0, 4, 0, 0, 0), "w1": f32(8, 8, 3), "w2": f32(8, 1, 3), "w3": f32(5, 16), "b3": f32(5),
    }  # fmt: skip
    graph = equal(model(nodes, {"x": [1, 3, 64]}, constants))
    assert graph.tensors["x"].shape == (1, 64, 3)
    found = operators_of(graph)
    assert found == ["reshape", "conv_2d", "max_pool_2d", "pad", "conv_2d", "add", "depthwise_conv_2d", "concatenation",
                     "mean", "reshape", "fully_connected"]  # fmt: skip


def test_a_network_that_turns_its_own_signal_keeps_it() -> None:
    nodes = [node("Transpose", ["x"], ["t"], perm=[0, 2, 1]), node("Conv", ["t", "w"], ["c"]),
             node("Transpose", ["c"], ["y"], perm=[0, 2, 1])]  # fmt: skip
    data = model(nodes, {"x": [1, 20, 3]}, {"w": f32(4, 3, 3)})
    graph, peer = read(data), session(data)
    assert operators_of(graph) == ["reshape", "conv_2d", "reshape"]
    feed = inputs_of(peer, 0)
    (found,) = Simulator(graph).run(feed).values()
    assert np.abs(found - peer.run(None, feed)[0]).max() <= 1e-5


def test_a_signal_that_no_operator_of_images_sees_stays() -> None:
    graph = read(model([node("MatMul", ["x", "w"], ["y"])], {"x": [1, 20, 3]}, {"w": f32(3, 4)}))
    assert graph.tensors["x"].shape == (1, 20, 3) and graph.tensors["y"].shape == (1, 20, 4)


def test_quantized_signals_become_integers() -> None:
    """Q/DQ around a convolution and a pool: an int8 graph."""
    nodes = [
        node("QuantizeLinear", ["x", "sx", "z"], ["xq"]),
        node("DequantizeLinear", ["xq", "sx", "z"], ["xd"]),
        node("DequantizeLinear", ["wq", "sw", "zw"], ["wd"], axis=0),
        node("Conv", ["xd", "wd"], ["c"], pads=[1, 1]),
        node("QuantizeLinear", ["c", "sy", "z"], ["cq"]),
        node("DequantizeLinear", ["cq", "sy", "z"], ["cd"]),
        node("MaxPool", ["cd"], ["p"], kernel_shape=[2], strides=[2]),
        node("QuantizeLinear", ["p", "sy", "z"], ["pq"]),
        node("DequantizeLinear", ["pq", "sy", "z"], ["y"]),
    ]
    constants = {
        "sx": np.float32(0.02), "sy": np.float32(0.1), "z": np.int8(3), "sw": np.abs(f32(4)) / 100 + np.float32(0.001),
        "zw": np.zeros(4, np.int8), "wq": RNG.integers(-127, 128, (4, 6, 3)).astype(np.int8),
    }  # fmt: skip
    data = model(nodes, {"x": SIGNAL}, constants)
    graph, peer = read(data), session(data)
    assert {n.op.name for n in graph.nodes} >= {"conv_2d", "max_pool_2d"} and "transpose" not in operators_of(graph)
    assert all(graph.tensors[n.outputs[0]].dtype == "int8" for n in graph.nodes if n.op.name == "conv_2d")
    feed = inputs_of(peer, 0)
    values = feed["x"].transpose(0, 2, 1)
    tensor = graph.tensors["x"]
    if tensor.dtype == "int8":
        q = tensor.quantization
        assert q is not None
        values = np.clip(np.rint(values / q.scale[0]) + q.zero_point[0], -128, 127).astype(np.int8)
    (found,) = Simulator(graph).run({"x": values}).values()
    y = graph.tensors[graph.outputs[0]]
    real = (found.astype(np.float32) - float(y.zero_point)) * float(y.scale) if y.dtype == "int8" else found
    assert np.abs(real - peer.run(None, feed)[0].transpose(0, 2, 1)).max() <= 0.1001  # a step
