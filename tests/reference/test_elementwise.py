"""Elementwise operators: exhaustive over their inputs, where the runtimes differ, and what both refuse."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from edgekit.errors import ToolError, UnsupportedError
from edgekit.frontend.tflite import write
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.graph.ops.hard_swish import HardSwish
from edgekit.graph.ops.leaky_relu import LeakyRelu
from edgekit.graph.ops.logistic import Logistic
from edgekit.graph.ops.maximum import Maximum
from edgekit.graph.ops.minimum import Minimum
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.prelu import Prelu
from edgekit.graph.ops.quantize import Quantize
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.relu6 import Relu6
from edgekit.graph.ops.relu_n1_to_1 import ReluN1To1
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.sub import Sub
from edgekit.graph.ops.tanh import Tanh
from edgekit.reference import Simulator, dequantize_array, quantize_array
from edgekit.reference.fixedpoint import exp_on_negative_values, one_minus_over_one_plus, one_over_one_plus
from edgekit.runtimes import runtime
from edgekit.verification import verify
from tests.reference.picker import RandomPicker
from tests.reference.test_differential import RUNTIMES as ALL
from tests.reference.test_differential import cases, refused

RUNTIMES = tuple(name for name in ALL if name != "onnxruntime")  # which refuses much of this: test_onnxruntime_ties

VALUES = np.arange(-128, 128, dtype=np.int8)
UNARY = (Logistic(), Tanh(), Relu(), Relu6(), ReluN1To1(), LeakyRelu(0.1), LeakyRelu(-0.3), HardSwish(), Quantize())
BINARY = (Add(), Add("relu6"), Sub(), Sub("relu"), Mul(), Mul("relu_n1_to_1"), Maximum(), Minimum(), Prelu())
FIXED = {"logistic": (2.0**-8, -128), "tanh": (2.0**-7, 0)}


def one_node(op: Operator, output: Tensor, *inputs: Tensor) -> Graph:
    graph = Graph(op.name, inputs=[t.name for t in inputs], outputs=["y"])
    for tensor in (*inputs, output):
        graph.add(tensor)
    graph.nodes = [Node(op, tuple(graph.inputs), ("y",))]
    graph.validate()
    return graph


def int8(name: str, shape: tuple[int, ...], scale: float, zero_point: int) -> Tensor:
    return Tensor(name, shape, "int8", Quantization.per_tensor(float(np.float32(scale)), zero_point))


def unary(op: Operator, scale: float, zero_point: int, output: tuple[float, int]) -> Graph:
    return one_node(op, int8("y", (1, 256), *output), int8("x", (1, 256), scale, zero_point))


@pytest.mark.parametrize("against", RUNTIMES)
@pytest.mark.parametrize("op", UNARY, ids=repr)
def test_all_256_values(op: Operator, against: str) -> None:
    if op.name == "relu_n1_to_1" and against == "tflite-micro":
        pytest.skip("TensorFlow Lite Micro lacks RELU_N1_TO_1")
    for scale, zero_point, ratio in ((0.05, -3, 1.0), (0.011, 127, 0.37), (1.7, -128, 40.0), (25.0, 0, 2.0**-11)):
        output = FIXED.get(op.name, (scale / ratio, zero_point // 2))
        result = verify(unary(op, scale, zero_point, output), against, {"x": VALUES[None]})
        assert result.exact, (scale, zero_point, result.first_difference)


@pytest.mark.parametrize("against", RUNTIMES)
@pytest.mark.parametrize("op", BINARY, ids=repr)
def test_all_65536_pairs(op: Operator, against: str) -> None:
    shape = (1, 256, 256)
    first = np.broadcast_to(VALUES[:, None], shape).copy()
    same = op.name in ("maximum", "minimum")
    for scales in ((0.05, 0.03, 0.06), (0.9, 0.002, 0.011)):
        a, b, y = (int8(n, shape, 0.1 if same else s, z) for n, s, z in zip("aby", scales, (3, -128, 20), strict=True))
        result = verify(one_node(op, y, a, b), against, {"a": first, "b": first.swapaxes(1, 2).copy()})
        assert result.exact and result.layers[0].values == 65536, (scales, result.first_difference)


@pytest.mark.parametrize("against", RUNTIMES)
def test_softmax_sums_wrap_as_the_runtimes_do(against: str) -> None:
    """The sum of exponentials has 12 integer bits: from 4,096 equal values on it leaves the int32."""
    for length in (4095, 4096, 5000, 10_000):
        y = Tensor("y", (1, length), "int16", Quantization.per_tensor(2.0**-16, -32768))
        graph = one_node(Softmax(), y, int8("x", (1, length), 0.01, 3))
        x = np.random.default_rng(0).integers(-1, 3, (1, length)).astype(np.int8)
        assert verify(graph, against, {"x": x}).exact, length


def real_inputs(tensor: Tensor) -> NDArray[np.float32]:
    """Every tie, every neighbour of a tie, saturation, and values in between."""
    steps = np.arange(-300, 300.5, 0.5, dtype=np.float32) * tensor.scale
    near = [np.nextafter(steps, np.float32(side)) for side in (-np.inf, np.inf)]
    wild = np.random.default_rng(3).normal(0, 1e4, 499).astype(np.float32)
    return np.concatenate([steps, *near, wild, [np.float32(-0.0)]])[None]


@pytest.mark.parametrize("against", RUNTIMES)
@pytest.mark.parametrize("dtype", ["int8", "int16"])
@pytest.mark.parametrize(("scale", "zero_point"), [(0.05, -3), (2.0**-7, 0), (0.0123, 127), (3.3, -128)])
def test_arrays_are_quantized_as_the_operators_do(dtype: str, scale: float, zero_point: int, against: str) -> None:
    zero_point = 0 if dtype == "int16" else zero_point
    y = Tensor("y", (1, 4103), dtype, Quantization.per_tensor(float(np.float32(scale)), zero_point))
    real = real_inputs(y)
    graph = one_node(Quantize(), y, Tensor("x", real.shape, "float32"))
    found = runtime(against).Session(write(graph)).run({"x": real})["y"]
    arithmetic = runtime(against).ARITHMETIC
    assert np.array_equal(found, Simulator(graph, arithmetic).run({"x": real})["y"])
    if arithmetic != "xnnpack":  # which multiplies by the reciprocal
        assert np.array_equal(found, quantize_array(real, y))

    back = one_node(Dequantize(), Tensor("y", real.shape, "float32"), y.with_(name="x"))
    again = runtime(against).Session(write(back)).run({"x": found})["y"]
    assert again.tobytes() == dequantize_array(found, y).tobytes()
    assert again.tobytes() == Simulator(back).run({"x": found})["y"].tobytes()


@pytest.mark.parametrize("kinds", [("int8", "int8"), ("int8", "uint8"), ("uint8", "int8"), ("uint8", "uint8")])
def test_requantizations_that_xnnpack_leaves_to_litert(kinds: tuple[str, str]) -> None:
    """Ties in groups of 16 values and behind the last of them, around both ends of what XNNPACK takes."""
    ratios = (2.0**-8, float(np.nextafter(np.float32(2.0**-8), np.float32(0))), 2.0**-9, 0.00277, 0.25, 1.0, 0.75)
    for ratio in (*ratios, 2.0**7, 128.5, 213.5, 1000.0):
        for low, zero_point in ((0, 52), (127, 128), (255, 0), (0, 255)):
            zeros = [z - (128 if kind == "int8" else 0) for z, kind in zip((low, zero_point), kinds, strict=True)]
            scales = (float(np.float32(ratio * 2.0**-3)), 2.0**-3)
            x, y = (
                Tensor(n, (2, 139), kind, Quantization.per_tensor(s, z))
                for n, kind, s, z in zip("xy", kinds, scales, zeros, strict=True)
            )
            every = (np.arange(3 * 278) % 256).astype(np.uint8).view(kinds[0]).reshape(6, 139)
            found = verify(one_node(Quantize(), y, x), "litert", {"x": every})
            assert found.exact, (ratio, zeros, found.first_difference)


@pytest.mark.parametrize("op", [Add(), Sub(), Sub("relu6"), Sub("relu_n1_to_1")], ids=repr)
def test_sums_that_xnnpack_leaves_to_litert(op: Operator) -> None:
    rng = np.random.default_rng(1)
    for small in (2.0**-10, float(np.nextafter(np.float32(2.0**-10), np.float32(0))), 1e-4, 255.0, 256.0, 300.0):
        for scale in (1.0, float(np.float32(2 / 3)), 2.4):
            scales = (scale * 200.0, scale * small, scale)
            zeros = (int(z) for z in rng.integers(-128, 128, 3))
            a, b, y = (int8(n, (3, 170), s, z) for n, s, z in zip("aby", scales, zeros, strict=True))
            graph = one_node(op, y, a, b)
            if op.name == "add" and not 2.0**-10 <= np.float32(b.scale) / np.float32(y.scale) < 256:
                with pytest.raises(UnsupportedError, match="from 2\\^-10 to below 256 output scales"):
                    Simulator(graph, "xnnpack")
                continue
            inputs = {n: rng.integers(-128, 128, (12, 170)).astype(np.int8) for n in "ab"}
            assert verify(graph, "litert", inputs).exact, (small, scale)


# Scales at which a multiplier in float32 and one in float64 lead to different integers, and where
CLOSE = (0.027010289952158928 / 16, 0.027885353192687035 / 16, 111)
SWISH = (0.01447346806526184, 0.001366888638585806)
DEVIATIONS = [
    (unary(Relu(), CLOSE[0], -128, (CLOSE[1], -128)), {"x": 111}),
    (unary(Relu6(), 0.05, -128, (0.025, -128)), {"x": -100}),
    (unary(HardSwish(), SWISH[0], 117, (SWISH[1], 95)), {"x": 81}),
    (unary(Logistic(), 0.08764413744211197, 39, FIXED["logistic"]), {}),
    (unary(Tanh(), 0.01205951813608408, -71, FIXED["tanh"]), {}),
    (
        one_node(
            Prelu(), int8("y", (1, 4), CLOSE[1], -128), int8("x", (1, 4), CLOSE[0], -128), int8("b", (4,), 0.1, 0)
        ),
        {"x": 111, "b": 5},
    ),
    (
        one_node(
            Mul(),
            int8("y", (1, 4), 0.3101634085178375, -100),
            int8("x", (1, 4), 0.07649824768304825, 3),
            int8("b", (1, 4), 0.016154514625668526, -7),
        ),
        {"x": 88, "b": 86},
    ),
]


@pytest.mark.parametrize(("graph", "at"), DEVIATIONS, ids=lambda v: v.name if isinstance(v, Graph) else "")
def test_named_deviations_are_real(graph: Graph, at: dict[str, int]) -> None:
    """Each runtime equals its own arithmetic, and the two arithmetics differ."""
    inputs = {n: np.full(graph.tensors[n].shape, at[n], np.int8) if at else VALUES[None] for n in graph.inputs}
    assert all(verify(graph, against, inputs).exact for against in RUNTIMES)
    tflm, litert = (Simulator(graph, name).run(inputs)["y"] for name in ("tflm", "litert-reference"))
    assert (tflm != litert).any()


@pytest.mark.parametrize("against", RUNTIMES)
def test_a_hard_swish_that_shrinks_its_range_128_times_is_refused(against: str) -> None:
    graph = unary(HardSwish(), 1.0, 0, (2.0**-7, 0))
    with pytest.raises(UnsupportedError, match="below 128"):
        Simulator(graph)
    with pytest.raises(ToolError):
        runtime(against).Session(write(graph))


@pytest.mark.parametrize(
    ("operator", "against"),
    [("quantize", "tflite-micro"), ("quantize", "litert-reference"), ("dequantize", "litert-reference")],
)
def test_what_the_cases_leave_out_is_refused_indeed(operator: str, against: str) -> None:
    graphs = (cases(operator).case(RandomPicker([17, seed])) for seed in range(60))
    left_out = [graph for graph in graphs if refused(operator, against, graph)]
    assert left_out
    for graph in left_out:
        with pytest.raises(ToolError):
            verify(graph, against, samples=1)


ABORTS = {
    "add": one_node(Add(), int8("y", (1, 4), 2.0**-19, 0), int8("a", (1, 4), 1.0, 0), int8("b", (1, 4), 1.0, 0)),
    "softmax": one_node(Softmax(), int8("y", (1, 512), 2.0**-8, -128), int8("a", (1, 512), 0.1, 0)),
}


def test_what_makes_the_runtimes_abort_is_an_error_or_the_limit_here() -> None:
    with pytest.raises(UnsupportedError, match="2\\^-19"):
        Simulator(ABORTS["add"])
    uniform = {"a": np.zeros((1, 512), np.int8)}
    assert (Simulator(ABORTS["softmax"]).run(uniform)["y"] == -128).all()  # 1/512 is half a step


@pytest.mark.parametrize("length", [512, 513, 5000])
def test_litert_sums_long_rows_in_float(length: int) -> None:
    """Its default softmax has no sum that a row could overflow: what makes the others abort is exact there."""
    y = int8("y", (1, length), 2.0**-8, -128)
    for scale in (0.1, 0.001):
        graph = one_node(Softmax(), y, int8("x", (1, length), scale, 0))
        rows = np.random.default_rng(0).integers([[-1], [-3], [-128]], [[0], [3], [128]], (3, length))
        assert verify(graph, "litert", {"x": rows.astype(np.int8)}).exact, scale


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "against"),
    [(name, against) for name in ABORTS for against in RUNTIMES if (name, against) != ("softmax", "litert")],
)
def test_the_runtimes_abort(name: str, against: str) -> None:
    """The reason why no case has such a graph; a runtime that stops doing so shows here."""
    program = (
        "import sys; import numpy as np;"
        "from edgekit.frontend.tflite import read; from edgekit.runtimes import runtime;"
        "data = sys.stdin.buffer.read(); graph = read(data);"
        "inputs = {n: np.zeros(graph.tensors[n].shape, np.int8) for n in graph.inputs};"
        f"runtime({against!r}).Session(data).run(inputs)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=write(ABORTS[name]), capture_output=True, check=False)
    assert done.returncode == -6, done.stderr.decode()


FLOATS = (*UNARY[:-1], *BINARY, Softmax(), Softmax(0.5))


@pytest.mark.parametrize("op", FLOATS, ids=repr)
def test_float_kernels_equal_litert(op: Operator) -> None:
    names = ["x", "b"][: op.min_inputs]
    shapes = {"x": (2, 3, 40), "b": (3, 1) if op.name != "prelu" else (40,)}
    graph = one_node(op, Tensor("y", (2, 3, 40), "float32"), *(Tensor(n, shapes[n], "float32") for n in names))
    rng = np.random.default_rng(1)
    inputs = {n: rng.normal(0, 4, shapes[n]).astype(np.float32) for n in names}
    found = runtime("litert-reference").Session(write(graph)).run(inputs)["y"]
    simulated = Simulator(graph).run(inputs)["y"]
    assert simulated.dtype == np.float32
    np.testing.assert_allclose(simulated, found, rtol=3e-7, atol=3e-7)


def test_fixed_point_functions_are_accurate() -> None:
    x = np.concatenate([np.arange(0, 1 << 31, 1_000_003), [1, (1 << 31) - 1]]).astype(np.int64)
    unit = x / 2.0**31
    assert np.abs(exp_on_negative_values(-x) / 2.0**31 - np.exp(-unit * 32)).max() < 4e-7
    assert np.abs(one_over_one_plus(x) / 2.0**31 - 1 / (1 + unit)).max() < 2e-8
    assert np.abs(one_minus_over_one_plus(x) / 2.0**31 - (1 - unit) / (1 + unit)).max() < 4e-8
