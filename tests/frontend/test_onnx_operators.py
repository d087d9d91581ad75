"""Every ONNX operator alone, in many forms, against onnxruntime; and what is refused, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from onnx import helper

from edgekit import plugins
from edgekit.errors import EdgekitError, InputError, UnsupportedError
from edgekit.frontend.onnx import read
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.reference import Simulator
from tests.frontend.onnx_models import compared, inputs_of, model, operators_of, session, to_nhwc

RNG = np.random.default_rng(7)
IMAGE = [1, 6, 9, 11]


def f32(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def i64(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


Case = tuple[str, list[int], dict[str, Any], dict[str, np.ndarray]]

CASES: list[Case] = [
    ("Conv", IMAGE, {"pads": [1, 1, 1, 1]}, {"w": f32(4, 6, 3, 3), "b": f32(4)}),
    ("Conv", IMAGE, {"strides": [2, 2], "pads": [1, 1, 1, 1]}, {"w": f32(4, 6, 3, 3)}),
    ("Conv", [1, 6, 8, 8], {"strides": [2, 2], "pads": [1, 1, 1, 1]}, {"w": f32(4, 6, 3, 3)}),
    ("Conv", [1, 6, 8, 8], {"strides": [2, 2], "pads": [0, 0, 1, 1]}, {"w": f32(4, 6, 3, 3)}),
    ("Conv", IMAGE, {"auto_pad": "SAME_UPPER", "strides": [2, 3]}, {"w": f32(4, 6, 2, 5)}),
    ("Conv", IMAGE, {"auto_pad": "SAME_LOWER", "strides": [2, 3]}, {"w": f32(4, 6, 2, 5)}),
    ("Conv", IMAGE, {"auto_pad": "VALID", "dilations": [2, 1]}, {"w": f32(4, 6, 3, 3)}),
    ("Conv", IMAGE, {"dilations": [2, 2], "pads": [2, 2, 2, 2]}, {"w": f32(4, 6, 3, 3), "b": f32(4)}),
    ("Conv", IMAGE, {"pads": [3, 0, 1, 2]}, {"w": f32(4, 6, 3, 3), "b": f32(4)}),
    ("Conv", IMAGE, {"group": 6, "pads": [1, 1, 1, 1]}, {"w": f32(6, 1, 3, 3), "b": f32(6)}),
    ("Conv", IMAGE, {"group": 6, "pads": [1, 1, 1, 1]}, {"w": f32(18, 1, 3, 3), "b": f32(18)}),
    ("Conv", IMAGE, {"group": 3, "pads": [1, 1, 1, 1]}, {"w": f32(12, 2, 3, 3), "b": f32(12)}),
    ("ConvTranspose", IMAGE, {"strides": [2, 2]}, {"w": f32(6, 4, 2, 2), "b": f32(4)}),
    ("ConvTranspose", IMAGE, {"strides": [2, 2], "pads": [1, 1, 1, 1]}, {"w": f32(6, 4, 4, 4), "b": f32(4)}),
    ("ConvTranspose", IMAGE, {"strides": [2, 2], "pads": [1] * 4, "output_padding": [1, 1]}, {"w": f32(6, 4, 3, 3)}),
    ("ConvTranspose", IMAGE, {"strides": [2, 3], "output_padding": [1, 2]}, {"w": f32(6, 4, 3, 2), "b": f32(4)}),
    ("ConvTranspose", IMAGE, {"group": 2, "pads": [0, 1, 1, 0]}, {"w": f32(6, 4, 3, 3), "b": f32(8)}),
    ("Gemm", [1, 7], {"transB": 1}, {"w": f32(5, 7), "b": f32(5)}),
    ("Gemm", [3, 7], {"alpha": 0.5, "beta": 2.0}, {"w": f32(7, 5), "b": f32(1, 5)}),
    ("Gemm", [3, 7], {}, {"w": f32(7, 5), "b": f32(1)}),
    ("Gemm", [3, 7], {}, {"w": f32(7, 5)}),
    ("MatMul", [1, 7], {}, {"w": f32(7, 5)}),
    ("MatMul", [1, 4, 7], {}, {"w": f32(7, 5)}),
    ("Add", IMAGE, {}, {"w": f32(6, 1, 1)}),
    ("Add", IMAGE, {}, {"w": f32(11)}),
    ("Sub", IMAGE, {}, {"w": f32(1, 6, 9, 11)}),
    ("Mul", IMAGE, {}, {"w": f32(1)}),
    ("Div", IMAGE, {}, {"w": f32(6, 1, 1)}),
    ("Max", IMAGE, {}, {"w": f32(6, 1, 1), "v": f32(1)}),
    ("Min", IMAGE, {}, {"w": f32(6, 1, 1)}),
    ("Sum", IMAGE, {}, {"w": f32(6, 1, 1), "v": f32(9, 11)}),
    ("Neg", IMAGE, {}, {}),
    ("Relu", IMAGE, {}, {}),
    ("Sigmoid", IMAGE, {}, {}),
    ("Tanh", IMAGE, {}, {}),
    ("HardSwish", IMAGE, {}, {}),
    ("HardSigmoid", IMAGE, {}, {}),
    ("HardSigmoid", IMAGE, {"alpha": 1 / 6, "beta": 0.5}, {}),
    ("LeakyRelu", IMAGE, {"alpha": 0.3}, {}),
    ("PRelu", IMAGE, {}, {"w": f32(6, 1, 1)}),
    ("PRelu", IMAGE, {}, {"w": np.array([0.2], np.float32)}),
    ("Clip", IMAGE, {}, {"a": np.float32(0), "b": np.float32(6)}),
    ("Clip", IMAGE, {}, {"a": np.float32(-1), "b": np.float32(1)}),
    ("Clip", IMAGE, {}, {"a": np.float32(-0.5), "b": np.float32(1.25)}),
    ("Clip", IMAGE, {}, {"a": np.float32(-0.5)}),
    ("BatchNormalization", IMAGE, {}, {"s": f32(6), "b": f32(6), "m": f32(6), "v": np.abs(f32(6))}),
    ("BatchNormalization", [1, 6], {}, {"s": f32(6), "b": f32(6), "m": f32(6), "v": np.abs(f32(6))}),
    ("Softmax", [1, 10], {}, {}),
    ("Softmax", IMAGE, {"axis": 1}, {}),
    ("Softmax", IMAGE, {"axis": -1}, {}),
    ("MaxPool", IMAGE, {"kernel_shape": [2, 2], "strides": [2, 2]}, {}),
    ("MaxPool", IMAGE, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}, {}),
    ("MaxPool", [1, 6, 8, 8], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}, {}),
    ("MaxPool", IMAGE, {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, {}),
    ("MaxPool", IMAGE, {"kernel_shape": [3, 2], "strides": [2, 3], "ceil_mode": 1, "pads": [1, 0, 1, 1]}, {}),
    ("MaxPool", IMAGE, {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "strides": [2, 2]}, {}),
    ("AveragePool", IMAGE, {"kernel_shape": [2, 2], "strides": [2, 2]}, {}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, {}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}, {}),
    ("AveragePool", [1, 6, 8, 8], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}, {}),
    ("AveragePool", IMAGE, {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, {}),
    ("AveragePool", [1, 6, 8, 8], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4, "ceil_mode": 1}, {}),
    ("GlobalAveragePool", IMAGE, {}, {}),
    ("GlobalMaxPool", IMAGE, {}, {}),
    ("ReduceMean", IMAGE, {"keepdims": 0}, {"axes": i64(2, 3)}),
    ("ReduceMean", IMAGE, {}, {"axes": i64(-1, 1)}),
    ("ReduceMean", IMAGE, {}, {}),
    ("ReduceSum", IMAGE, {"keepdims": 0}, {"axes": i64(1)}),
    ("Flatten", IMAGE, {}, {}),
    ("Flatten", IMAGE, {"axis": -1}, {}),
    ("Reshape", IMAGE, {}, {"shape": i64(0, -1)}),
    ("Reshape", IMAGE, {}, {"shape": i64(1, 2, 3, 9, 11)}),
    ("Squeeze", [1, 6, 1, 1], {}, {"axes": i64(2, 3)}),
    ("Squeeze", [1, 6, 1, 5], {}, {}),
    ("Unsqueeze", [1, 6], {}, {"axes": i64(-1, 1)}),
    ("Transpose", IMAGE, {"perm": [0, 2, 3, 1]}, {}),
    ("Transpose", [1, 3, 4], {}, {}),
    ("Concat", IMAGE, {"axis": 1}, {"w": f32(1, 2, 9, 11)}),
    ("Slice", IMAGE, {}, {"s": i64(1, -3), "e": i64(5, 1 << 60), "a": i64(1, -1)}),
    ("Slice", IMAGE, {}, {"s": i64(0), "e": i64(100), "a": i64(3), "t": i64(2)}),
    ("Slice", IMAGE, {}, {"s": i64(-1), "e": i64(-1 << 60), "a": i64(2), "t": i64(-1)}),
    ("Gather", IMAGE, {"axis": 1}, {"i": np.int64(-2)}),
    ("Gather", IMAGE, {"axis": 2}, {"i": i64(4)}),
    ("Pad", IMAGE, {}, {"p": i64(0, 0, 1, 2, 0, 0, 3, 0)}),
    ("Pad", IMAGE, {}, {"p": i64(0, 1, 0, 2, 0, 0, 3, 0), "v": np.float32(1.5)}),
    ("Pad", IMAGE, {}, {"p": i64(0, 0, -1, 2, 0, 0, 3, -2)}),
    ("Pad", IMAGE, {}, {"p": i64(1, 2, 3, 4), "v": np.float32(0), "a": i64(-1, 2)}),
    ("Identity", IMAGE, {}, {}),
    ("Dropout", IMAGE, {}, {}),
    ("Cast", IMAGE, {"to": 1}, {}),
    ("Expand", IMAGE, {}, {"s": i64(6, 1, 1)}),
]  # fmt: skip


def one(
    op: str, shape: list[int], attributes: dict[str, Any], constants: dict[str, np.ndarray], opset: int = 18
) -> bytes:
    """A model of an addition of 1 and the operator, so that even an Identity leaves something to compute."""
    first = helper.make_node("Add", ["x", "one"], ["h"])
    node = helper.make_node(op, ["h", *constants], ["y"], **attributes)
    return model([first, node], {"x": shape}, {"one": np.float32(1), **constants}, opset=opset)


@pytest.mark.parametrize("case", CASES, ids=[f"{c[0]}{i}" for i, c in enumerate(CASES)])
def test_operator_computes_what_onnxruntime_does(case: Case) -> None:
    op, shape, attributes, constants = case
    opset = 18 if op not in ("AveragePool",) else 19
    lies_nchw = op in ("Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Gather") or shape[0] != 1
    data = one(op, shape, attributes, constants, opset)
    graph = read(data)
    if op == "Transpose" and len(shape) == 4:  # the file itself turns its NHWC input: nothing is turned twice
        compared(data, nhwc=False)
        return
    peer, simulator = session(data), Simulator(graph)
    for seed in range(3):
        feed = inputs_of(peer, seed)
        (expected,) = peer.run(None, feed)
        (found,) = simulator.run({"x": to_nhwc(feed["x"])}).values()
        want = expected if lies_nchw else to_nhwc(expected)
        assert found.shape == want.shape
        assert np.abs(found - want).max() <= 2e-5 * max(1.0, np.abs(want).max())


RESIZES = [
    ({"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}, (2.0, 2.0)),
    ({"mode": "nearest"}, (3.0, 2.0)),
    ({"mode": "nearest", "coordinate_transformation_mode": "half_pixel", "nearest_mode": "floor"}, (0.5, 0.5)),
    ({"mode": "linear"}, (2.0, 2.0)),
    ({"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}, (2.0, 3.0)),
    ({"mode": "linear", "coordinate_transformation_mode": "align_corners"}, (2.0, 2.0)),
    ({"mode": "linear", "coordinate_transformation_mode": "asymmetric"}, (2.0, 2.0)),
]


@pytest.mark.parametrize("settings", RESIZES, ids=[str(i) for i in range(len(RESIZES))])
@pytest.mark.parametrize("by", ["scales", "sizes"])
def test_resize(settings: tuple[dict[str, str], tuple[float, float]], by: str) -> None:
    attributes, (fy, fx) = settings
    constants = (
        {"s": np.array([1, 1, fy, fx], np.float32)} if by == "scales" else {"t": i64(1, 3, int(8 * fy), int(6 * fx))}
    )
    names = ["x", "", "s"] if by == "scales" else ["x", "", "", "t"]
    node = helper.make_node("Resize", names, ["y"], **attributes)
    graph = compared(model([node], {"x": [1, 3, 8, 6]}, constants))
    assert len(graph.nodes) == 1


def test_resize_without_equal_is_refused() -> None:
    node = helper.make_node("Resize", ["x", "", "s"], ["y"], mode="cubic")
    with pytest.raises(UnsupportedError, match="cubic"):
        read(model([node], {"x": [1, 3, 8, 6]}, {"s": np.array([1, 1, 2, 2], np.float32)}))


def test_split_and_concat_come_back() -> None:
    nodes = [
        helper.make_node("Split", ["x"], ["a", "b"], axis=1, num_outputs=2),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("Concat", ["c", "a"], ["y"], axis=1),
    ]
    graph = compared(model(nodes, {"x": IMAGE}))
    assert operators_of(graph) == ["split", "relu", "concatenation"]


def test_shape_arithmetic_of_exporters_is_folded() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("Shape", ["r"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Cast", ["n"], ["nf"], to=1),
        helper.make_node("Mul", ["nf", "two"], ["n2"]),
        helper.make_node("Div", ["n2", "two"], ["n1"]),
        helper.make_node("Cast", ["n1"], ["ni"], to=7),
        helper.make_node("Unsqueeze", ["ni", "axes"], ["nu"]),
        helper.make_node("Constant", [], ["minus"], value_ints=[-1]),
        helper.make_node("Concat", ["nu", "minus"], ["shape"], axis=0),
        helper.make_node("Slice", ["shape", "axes", "end"], ["shape2"]),
        helper.make_node("Reshape", ["r", "shape2"], ["y"]),
    ]
    constants = {"zero": np.int64(0), "two": np.float32(2), "axes": i64(0), "end": i64(9)}
    graph = compared(model(nodes, {"x": ["batch", 12]}, constants))
    assert operators_of(graph) == ["relu"]


def test_every_handler_file_is_an_operator_name_in_snake_case() -> None:
    import onnx

    known = {s.name for s in onnx.defs.get_all_schemas_with_history()}
    contrib = {"QLinearAdd", "QLinearMul", "QLinearSigmoid", "QLinearLeakyRelu", "QLinearAveragePool", "QGemm",
               "QLinearGlobalAveragePool", "QLinearSoftmax", "QLinearConcat"}  # fmt: skip
    files = {OnnxNode(op, "", (), ()).file for op in known | contrib}
    assert set(plugins.names("edgekit.frontend.onnx.ops")) <= files


def test_names_that_are_no_text_and_missing_inputs_are_refused() -> None:
    data = model(
        [helper.make_node("Relu", ["x"], ["hidden"]), helper.make_node("Relu", ["hidden"], ["y"])], {"x": [1, 3]}
    )
    with pytest.raises(InputError, match=r"UTF-8|ONNX model"):
        read(data.replace(b"hidden", b"hid\xff\xfen"))
    node = helper.make_node("DequantizeLinear", ["x", ""], ["y"])
    with pytest.raises(InputError, match="empty string"):
        read(model([node], {"x": [1, 3]}))


REFUSED: list[tuple[Callable[[], bytes], type[EdgekitError], str]] = [
    (lambda: one("Erf", IMAGE, {}, {}), UnsupportedError, "Erf"),
    (lambda: one("Conv", [1, 6, 9, 5, 4], {}, {"w": f32(4, 6, 3, 3, 3)}), UnsupportedError, "2-D"),
    (lambda: one("Conv", [1, 6, 9], {}, {"w": f32(4, 6, 3, 3)}), InputError, "3 dimensions"),
    (lambda: one("MaxPool", [1, 6, 9], {"kernel_shape": [2, 2]}, {}), InputError, "kernel_shape"),
    (lambda: one("Pad", IMAGE, {"mode": "reflect"}, {"p": i64(0, 0, 1, 1, 0, 0, 1, 1)}), UnsupportedError, "reflect"),
    (lambda: model([helper.make_node("Relu", ["x"], ["y"])], {"x": [1, 3, "height", 8]}), InputError, "height"),
    (lambda: model([helper.make_node("Relu", ["x"], ["y"])], {"x": [1, 3]}, opset=12), UnsupportedError, "opset 12"),
    (lambda: model([helper.make_node("Relu", ["x"], ["y"])], {"x": [1 << 40, 3]}), InputError, "2\\^28"),
    (lambda: model([helper.make_node("MatMul", ["x", "x"], ["y"])], {"x": [4, 4]}), UnsupportedError, "constant"),
    (lambda: one("Add", [1, 4], {}, {"w": np.array([np.nan] * 4, np.float32)}), InputError, "NaN"),
    (lambda: model([helper.make_node("Relu", ["y"], ["y"])], {"x": [1, 3]}), InputError, "standard"),
    (lambda: model([helper.make_node("ConstantOfShape", ["s"], ["c"]), helper.make_node("Add", ["x", "c"], ["y"])],
                   {"x": [1]}, {"s": i64(1 << 20, 1 << 20)}), InputError, "limit"),
    (lambda: one("Expand", [1, 1], {}, {"s": i64(1 << 20, 1 << 20)}), UnsupportedError, "expanding"),
    (lambda: one("Gemm", [2, 7], {}, {"w": f32(5, 7)}), InputError, "rows of the weights' width"),
    (lambda: model([helper.make_node("Relu", ["x"], ["y"])], {"x": [1, 3]}, shapes={"y": [1, 4]}), InputError,
     "the file says"),
    (lambda: b"", InputError, "no ONNX model"),
    (lambda: b"\x08\x07garbage" * 40, InputError, "no ONNX model"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_refusals_name_the_trouble(case: tuple[Callable[[], bytes], type[EdgekitError], str]) -> None:
    make, kind, text = case
    with pytest.raises(kind, match=text):
        read(make())


def test_names_of_the_node_and_the_next_step_are_in_the_message() -> None:
    node = helper.make_node("Erf", ["x"], ["y"], name="encoder/gelu")
    with pytest.raises(UnsupportedError) as caught:
        read(model([node], {"x": [1, 3]}))
    assert "encoder/gelu" in str(caught.value) and "Erf" in str(caught.value) and caught.value.fix
