"""Q/DQ and QLinear models become int8 graphs that compute what onnxruntime computes with the same file.

onnxruntime requantizes in float with one rounding, the graph's arithmetic in integers with two: a difference of one
step in a layer is expected where the value lies near the middle of two steps, and carries on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgekit import plugins
from edgekit.errors import UnsupportedError
from edgekit.frontend import load
from edgekit.frontend.onnx import read
from edgekit.reference import Simulator, dequantize_array
from edgekit.verification import verify
from tests.frontend.onnx_models import largest_gap, model, operators_of, session, to_nhwc

SHARED = ["mnist_qdq_s8s8_perchannel", "mnist_qdq_s8s8_pertensor", "mnist_qdq_u8s8_perchannel", "mnist_qop_s8s8"]


@pytest.mark.parametrize("name", SHARED)
def test_shared_models_within_one_step_and_equal_in_class(name: str, shared: Path) -> None:
    """All four hold asymmetric MatMul weights (a file's habit): those are shifted or rescaled to symmetric ones."""
    path = shared / "models" / "ort" / f"{name}.onnx"
    graph = load(path)
    rng = np.random.default_rng(0)
    images = (rng.uniform(0, 255, (40, 1, 28, 28)) * (rng.uniform(size=(40, 1, 28, 28)) < 0.3)).astype(np.float32)
    peer = session(path.read_bytes())
    expected = np.concatenate([peer.run(None, {"Input3": x[None]})[0] for x in images])
    (name_out,) = graph.outputs
    found = dequantize_array(Simulator(graph).run({"Input3": to_nhwc(images)})[name_out], graph.tensors[name_out])
    steps = np.abs(found - expected) / graph.tensors[name_out].scale
    assert steps.max() <= 1.001
    assert (found.argmax(1) == expected.argmax(1)).all()
    assert not {"transpose", "quantize", "dequantize"} & set(operators_of(graph))
    for runtime in ("tflite-micro", "litert-reference"):
        assert verify(graph, runtime, samples=2).exact
    assert {graph.tensors[n].dtype for n in (*graph.inputs, *graph.outputs)} == {"int8"}


FORMATS: dict[str, dict[str, Any]] = {
    "s8s8_per_channel": {"activation_type": "QInt8", "weight_type": "QInt8", "per_channel": True},
    "u8s8": {"activation_type": "QUInt8", "weight_type": "QInt8"},
    "u8u8": {"activation_type": "QUInt8", "weight_type": "QUInt8"},
    "qoperator": {"activation_type": "QInt8", "weight_type": "QInt8", "operators": True},
}


def quantized(data: bytes, shape: tuple[int, ...], folder: Path, form: dict[str, Any]) -> bytes:
    """The float model quantized by onnxruntime over 8 random samples."""
    tools = pytest.importorskip("onnxruntime.quantization")

    class Samples(tools.CalibrationDataReader):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            self.left = [np.random.default_rng(i).normal(size=(1, *shape)).astype(np.float32) for i in range(8)]

        def get_next(self) -> dict[str, np.ndarray] | None:
            return {"input": self.left.pop()} if self.left else None

    (folder / "f.onnx").write_bytes(data)
    settings = {k: getattr(tools.QuantType, v) if isinstance(v, str) else v for k, v in form.items()}
    kind = tools.QuantFormat.QOperator if settings.pop("operators", False) else tools.QuantFormat.QDQ
    tools.quantize_static(str(folder / "f.onnx"), str(folder / "q.onnx"), Samples(), quant_format=kind, **settings)
    return (folder / "q.onnx").read_bytes()


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize(("network", "steps"), [("dscnn", 3), ("resnet8", 3), ("mobilenet_v1", 2), ("lenet5", 3)])
def test_networks_quantized_by_onnxruntime(network: str, steps: int, form: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the test networks are made with PyTorch: install edgekit[train]")
    from tests.frontend.test_onnx_networks import OPTIONS, SHAPES, exported, randomized

    torch.manual_seed(1)
    module: Any = plugins.module("edgekit.zoo.models", network)
    shape = SHAPES[network]
    built = randomized(module.build(shape, 5, **OPTIONS.get(network, {})))
    data = quantized(exported(built, shape, tmp_path / "n.onnx", False, 17), shape, tmp_path, FORMATS[form])
    graph = read(data)
    feeds = [{"input": np.random.default_rng(50 + i).normal(size=(1, *shape)).astype(np.float32)} for i in range(6)]
    assert largest_gap(data, graph, feeds) <= steps + 0.01
    floats = [t.name for t in graph.activations() if t.dtype == "float32"]
    assert not floats and "transpose" not in operators_of(graph)


def q(name: str, source: str, target: str) -> list[onnx.NodeProto]:
    """A quantize and dequantize pair with the constants `name`_s and `name`_z."""
    return [
        helper.make_node("QuantizeLinear", [source, f"{name}_s", f"{name}_z"], [f"{target}_q"]),
        helper.make_node("DequantizeLinear", [f"{target}_q", f"{name}_s", f"{name}_z"], [target]),
    ]


def qdq(
    op: str, shape: list[int], kind: type = np.uint8, weights: tuple[int, ...] | None = None, **attributes: Any
) -> bytes:
    """x -> Q -> DQ -> op -> Q -> DQ -> y, with per-channel weights where given."""
    zero = 128 if kind is np.uint8 else 0
    constants: dict[str, Any] = {"x_s": np.float32(0.02), "x_z": kind(zero + 3), "y_s": np.float32(0.021),
                                 "y_z": kind(zero - 5)}  # fmt: skip
    inner = ["h"]
    nodes = q("x", "x", "h")
    if weights is not None:
        rng = np.random.default_rng(2)
        channels = weights[0]
        constants["w"] = rng.integers(-127, 128, weights).astype(np.int8)
        constants["w_s"] = rng.uniform(0.002, 0.008, channels).astype(np.float32)
        constants["w_z"] = np.zeros(channels, np.int8)
        constants["b"] = rng.normal(size=channels).astype(np.float32)
        nodes.append(helper.make_node("DequantizeLinear", ["w", "w_s", "w_z"], ["wd"], axis=0))
        inner += ["wd", "b"]
    nodes += [helper.make_node(op, inner, ["g"], **attributes), *q("y", "g", "y")]
    return model(nodes, {"x": shape}, constants)


SINGLE: list[tuple[str, list[int], tuple[int, ...] | None, dict[str, Any]]] = [
    ("Conv", [1, 4, 9, 9], (6, 4, 3, 3), {"pads": [1, 1, 1, 1]}),
    ("Conv", [1, 4, 9, 9], (8, 2, 3, 3), {"group": 2}),
    ("Conv", [1, 4, 9, 9], (4, 1, 3, 3), {"group": 4, "strides": [2, 2]}),
    ("Gemm", [1, 12], (5, 12), {"transB": 1}),
    ("Relu", [1, 20], None, {}),
    ("Sigmoid", [1, 20], None, {}),
    ("Tanh", [1, 20], None, {}),
    ("HardSigmoid", [1, 20], None, {"alpha": 1 / 6}),
    ("LeakyRelu", [1, 20], None, {"alpha": 0.1}),
    ("Softmax", [1, 20], None, {}),
    ("MaxPool", [1, 3, 9, 9], None, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("AveragePool", [1, 3, 9, 9], None, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("GlobalAveragePool", [1, 3, 9, 9], None, {}),
    ("Flatten", [1, 3, 2, 2], None, {}),
]


@pytest.mark.parametrize("case", SINGLE, ids=[f"{c[0]}{i}" for i, c in enumerate(SINGLE)])
@pytest.mark.parametrize("kind", [np.uint8, np.int8])
def test_single_operators_within_two_steps(case: tuple[Any, ...], kind: type) -> None:
    op, shape, weights, attributes = case
    data = qdq(op, shape, kind, weights, **attributes)
    graph = read(data)
    feeds = [{"x": np.random.default_rng(i).uniform(-2, 2, shape).astype(np.float32)} for i in range(4)]
    assert largest_gap(data, graph, feeds) <= 2.01
    assert {t.dtype for t in graph.activations()} == {"int8"}


def test_unsigned_activations_are_shifted_exactly() -> None:
    graph = read(qdq("Relu", [1, 20], np.uint8))
    x, y = graph.tensors["x"], graph.tensors["y"]
    assert (x.dtype, x.zero_point, y.zero_point) == ("int8", 3, -5)
    assert (float(x.scale), float(y.scale)) == (float(np.float32(0.02)), float(np.float32(0.021)))


def test_layers_that_stay_float_are_named() -> None:
    middle = [helper.make_node("Relu", ["h"], ["r"]), helper.make_node("Tanh", ["r"], ["t"])]
    nodes = [*q("x", "x", "h"), *middle, *q("x", "t", "y")]
    with pytest.raises(UnsupportedError, match=r"stay float: r \(relu\), t \(tanh\)"):
        read(model(nodes, {"x": [1, 8]}, {"x_s": np.float32(0.1), "x_z": np.int8(0)}))


def test_weight_only_quantization_is_a_float_graph() -> None:
    rng = np.random.default_rng(0)
    nodes = [helper.make_node("DequantizeLinear", ["w", "s", "z"], ["wd"], axis=1),
             helper.make_node("MatMul", ["x", "wd"], ["y"])]  # fmt: skip
    weights, scales = rng.integers(-127, 128, (6, 4)).astype(np.int8), rng.uniform(0.01, 0.02, 4).astype(np.float32)
    constants = {"w": weights, "s": scales, "z": np.zeros(4, np.int8)}
    data = model(nodes, {"x": [1, 6]}, constants)
    graph = read(data)
    assert operators_of(graph) == ["fully_connected"]
    x = rng.normal(size=(3, 6)).astype(np.float32)  # onnxruntime itself would round x to 8 bits here
    expected = x @ (constants["w"] * constants["s"])
    assert np.abs(Simulator(graph).run({"x": x})["y"] - expected).max() < 1e-6 * np.abs(expected).max()


def _constant_inputs(folder: Path) -> tuple[bytes, dict[str, np.ndarray], np.ndarray]:
    """A node test with all inputs but the first made initializers, its opset raised to 21, and the expected output."""
    proto = onnx.load(folder / "model.onnx")
    arrays = []
    for index in range(len(proto.graph.input)):
        data = (folder / "test_data_set_0" / f"input_{index}.pb").read_bytes()
        arrays.append(numpy_helper.to_array(TensorProto.FromString(data)))
    names = [v.name for v in proto.graph.input]
    del proto.graph.input[1:]
    proto.graph.initializer.extend(numpy_helper.from_array(a, n) for a, n in zip(arrays[1:], names[1:], strict=True))
    proto.opset_import[0].version = 21
    data = (folder / "test_data_set_0" / "output_0.pb").read_bytes()
    return proto.SerializeToString(), {names[0]: arrays[0]}, numpy_helper.to_array(TensorProto.FromString(data))


NODE_TESTS = ["test_qlinearconv", "test_qlinearmatmul_2D_int8_float32", "test_qlinearmatmul_2D_uint8_float32",
              "test_quantizelinear", "test_dequantizelinear"]  # fmt: skip


@pytest.mark.parametrize("name", NODE_TESTS)
def test_onnx_node_tests(name: str, shared: Path) -> None:
    """The standard's own vectors. uint8 outputs are 128 above the graph's int8 ones. Rescaled asymmetric weights and
    the second rounding may cost one step."""
    data, feed, expected = _constant_inputs(shared / "models" / "onnx_node_tests" / name)
    graph = read(data)
    given = {}
    for key, array in feed.items():
        shifted = (array.astype(np.int16) - 128).astype(np.int8) if array.dtype == np.uint8 else array
        given[key] = to_nhwc(shifted)
    (found,) = Simulator(graph).run(given).values()
    if name == "test_qlinearmatmul_2D_int8_float32":  # its last value wraps around where the standard's text saturates
        assert expected[1, 2] == 20
        expected = expected.copy()
        expected[1, 2] = -128
    want = to_nhwc(expected)
    if want.dtype == np.uint8:
        want = want.astype(np.int64) - 128
    gap = np.abs(found.astype(np.float64) - want.astype(np.float64)).max()
    assert found.shape == want.shape and gap <= (1 if want.dtype.kind in "iu" else 0)


OTHER_KINDS = ["quantizelinear_int4", "dequantizelinear_blocked", "dynamicquantizelinear", "matmulinteger",
               "quantizelinear_uint16", "dequantizelinear_axis"]  # fmt: skip


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_node_tests_of_other_kinds_are_refused_by_name(name: str, shared: Path) -> None:
    data, _, _ = _constant_inputs(shared / "models" / "onnx_node_tests" / f"test_{name}")
    with pytest.raises(UnsupportedError):
        read(data)
