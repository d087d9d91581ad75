"""16x8: int16 activations against every runtime that has them, on the random cases of int8: zero differing integers."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit.errors import EdgekitError, UnsupportedError
from edgekit.frontend.tflite import read, write
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.leaky_relu import LeakyRelu
from edgekit.graph.ops.softmax import Softmax
from edgekit.reference import Simulator
from edgekit.reference.arithmetic import multiply, multiply_wide
from edgekit.reference.wide_tables import FLOAT64_LUT, softmax_multiplier
from edgekit.verification import verify
from tests.reference import test_differential as narrow
from tests.reference.picker import DrawnPicker, Picker, RandomPicker
from tests.reference.wide import widened

RUNTIMES = narrow.RUNTIMES
NARROW_ONLY = ("hard_swish", "prelu", "relu_n1_to_1")
CONVERSIONS = ("dequantize", "quantize")  # whose own cases have int16
OPERATORS = [op for op in narrow.OPERATORS if op not in (*NARROW_ONLY, *CONVERSIONS)]
CASES, ALL_CASES = 25, 600


def case(operator: str, pick: Picker, seed: int) -> Graph:
    return widened(narrow.cases(operator).case(pick), seed)


def check(operator: str, runtime: str, graph: Graph, seed: int) -> bool:
    """Verify one case; False where the simulator refuses it for that runtime, or the runtime is known to."""
    if runtime in narrow.absent_from(operator) or narrow.refused(operator, runtime, graph):
        return False
    try:
        result = verify(graph, runtime, samples=4, seed=seed)
    except UnsupportedError:
        return False
    assert result.exact, f"{operator} {seed} on {runtime}: {result.first_difference}\n{graph.nodes}\n{graph.tensors}"
    return True


def run_cases(operator: str, runtime: str, start: int, count: int) -> None:
    tag = zlib.crc32(operator.encode())
    seeds = range(start, start + count)
    done = sum(check(operator, runtime, case(operator, RandomPicker([tag, s]), s), s) for s in seeds)
    if (operator, runtime) in LACKING:
        assert not done
        pytest.skip(f"{runtime} has no int16 {operator}: refused, as expected")
    assert done >= count // 3, f"only {done} of {count} cases ran: {operator} on {runtime} is mostly refused"


LACKING = {("resize_bilinear", "tflite-micro"), ("sum", "litert-reference"), ("sum", "litert")}


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("operator", OPERATORS)
def test_random_cases(operator: str, runtime: str) -> None:
    run_cases(operator, runtime, 0, CASES)


@pytest.mark.slow
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_random_cases(operator: str, runtime: str) -> None:
    run_cases(operator, runtime, CASES, ALL_CASES)


@pytest.mark.parametrize("runtime", RUNTIMES)
@settings(max_examples=40)
@given(data=st.data())
def test_shrinking_cases(runtime: str, data: st.DataObject) -> None:
    operator = data.draw(st.sampled_from(OPERATORS))
    check(operator, runtime, case(operator, DrawnPicker(data.draw), 0), 0)


@pytest.mark.parametrize("operator", NARROW_ONLY)
def test_operators_without_int16_are_refused(operator: str) -> None:
    with pytest.raises(UnsupportedError, match="int16"):
        Simulator(case(operator, RandomPicker(1), 1))


@pytest.mark.parametrize("operator", ["logistic", "tanh", "leaky_relu", "relu", "relu6", "quantize"])
@pytest.mark.parametrize("runtime", RUNTIMES[:2])
def test_every_value(operator: str, runtime: str) -> None:
    """All 65,536 of them, where one step in some thousands would be missed by chance."""
    for seed, scale in enumerate((2.0**-12, 2.0**-11, 3.1e-4, 1.7e-3, 2.5, 7e-7)):
        graph = widened(narrow.cases("relu").case(RandomPicker(seed)), seed)
        op = narrow.cases(operator).case(RandomPicker(seed)).nodes[0].op
        q = 2.0**-15 if operator in ("logistic", "tanh") else scale * 1.37
        graph.tensors = {
            "x": Tensor("x", (1, 1 << 16), "int16", Quantization.per_tensor(scale, 0)),
            "y": Tensor("y", (1, 1 << 16), "int16", Quantization.per_tensor(q, 0)),
        }
        graph.nodes = [Node(op, ("x",), ("y",))]
        every = np.arange(-(1 << 15), 1 << 15).astype(np.int16).reshape(1, -1)
        assert verify(graph, runtime, {"x": every}).exact, (seed, scale)


@pytest.mark.parametrize("operator", ["logistic", "tanh"])
def test_sigmoids_of_optimized_kernels_are_exact_or_refused(operator: str) -> None:
    """LiteRT has kernels of its own for the scales that need no multiplier."""
    every = np.arange(-(1 << 15), 1 << 15).astype(np.int16).reshape(1, -1)
    refused = {2.0**-12, 2.0**-11} if operator == "tanh" else {2.0**-12}
    for scale in (2.0**-13, 2.0**-12, 2.0**-11, 2.0**-10, 3.1e-4):
        (node,) = narrow.cases(operator).case(RandomPicker(0)).nodes
        graph = Graph(operator, inputs=["x"], outputs=["y"], nodes=[Node(node.op, ("x",), ("y",))])
        graph.add(Tensor("x", every.shape, "int16", Quantization.per_tensor(scale, 0)))
        graph.add(Tensor("y", every.shape, "int16", Quantization.per_tensor(2.0**-15, 0)))
        if scale in refused:
            with pytest.raises(UnsupportedError, match="optimized kernel"):
                verify(graph, "litert", {"x": every})
        else:
            assert verify(graph, "litert", {"x": every}).exact, scale


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("alpha", [-0.5, -0.25, -0.75, -0.3, 0.25])
def test_slopes_at_every_value(alpha: float, runtime: str) -> None:
    """Negative slopes: the runtimes differ in which ties they round up."""
    every = np.arange(-(1 << 15), 1 << 15).astype(np.int16).reshape(1, -1)
    for ratio in (1.0, 0.5, 0.37, 2.0, 37.0, 2.0**-9):
        graph = Graph("g", inputs=["x"], outputs=["y"], nodes=[Node(LeakyRelu(alpha), ("x",), ("y",))])
        graph.add(Tensor("x", every.shape, "int16", Quantization.per_tensor(2.0**-9, 0)))
        graph.add(Tensor("y", every.shape, "int16", Quantization.per_tensor(float(np.float32(2.0**-9 / ratio)), 0)))
        found = verify(graph, runtime, {"x": every})
        assert found.exact, (ratio, found.first_difference)


def test_the_steepness_of_softmax() -> None:
    """LiteRT and TensorFlow Lite Micro round beta times the scale otherwise: seldom seen, and never with beta 1."""
    rng = np.random.default_rng(0)
    shape, differing = (1, 400, 64), 0
    for beta in (0.1, 3.7, *rng.uniform(0.05, 4, 28)):
        scale = float(np.float32(rng.uniform(1e-5, 2e-3)))
        graph = Graph("g", inputs=["x"], outputs=["y"], nodes=[Node(Softmax(float(np.float32(beta))), ("x",), ("y",))])
        graph.add(Tensor("x", shape, "int16", Quantization.per_tensor(scale, 0)))
        graph.add(Tensor("y", shape, "int16", Quantization.per_tensor(2.0**-15, 0)))
        q = Tensor("q", (1,), "int16", Quantization.per_tensor(scale, 0))
        one, other = (softmax_multiplier(beta, q, rule) for rule in ("", FLOAT64_LUT))
        far = np.arange(1 << 16)  # differences to the maximum that the two multipliers take elsewhere
        apart = far[multiply(-far, *one) != multiply(-far, *other)]
        if apart.size:
            differing += 1
            x = rng.choice((1 << 15) - 1 - np.append(apart, 0), shape).astype(np.int16)
            x[..., 0] = (1 << 15) - 1
            assert all(verify(graph, runtime, {"x": x}).exact for runtime in RUNTIMES), (beta, scale)
    assert differing > 5


def test_what_has_no_defined_result_is_refused() -> None:
    graph = case("conv_2d", RandomPicker(3), 3)
    bias = graph.tensors["b"]
    wrong = graph.copy()
    wrong.tensors["b"] = Tensor.constant("b", np.zeros(bias.shape, np.int32), bias.quantization)
    far = graph.copy()
    far.tensors["b"] = Tensor.constant("b", np.full(bias.shape, 1 << 47, np.int64), bias.quantization)
    uneven = graph.copy()
    uneven.tensors["x"] = graph.tensors["x"].with_(quantization=Quantization.per_tensor(0.1, 3))
    steep = graph.copy()
    steep.tensors["y"] = graph.tensors["y"].with_(quantization=Quantization.per_tensor(1e-12, 0))
    for broken, said in ((wrong, "int64 bias"), (far, "2\\^47"), (uneven, "zero point 0"), (steep, "2\\^7")):
        with pytest.raises(UnsupportedError, match=said):
            Simulator(broken)
    with pytest.raises(EdgekitError, match="int16"):
        Simulator(graph, "onnxruntime")


def test_one_rounding_with_fifteen_bits() -> None:
    """The examples of docs/arithmetic.md, worked out by hand."""
    assert [int(multiply_wide(np.int64(a), 1 << 30, -1)) for a in (5, -5, 6, -6)] == [1, -1, 2, -1]
    assert int(multiply_wide(np.int64(100_000), (1 << 31) - 1, 0)) == 99_997  # 2^15 - 1, not 2^15


@pytest.mark.parametrize("operator", OPERATORS)
def test_files(operator: str) -> None:
    graph = case(operator, RandomPicker(5), 5)
    again = read(write(graph), graph.name)
    assert write(again) == write(graph) and again.tensors == graph.tensors


def test_int8_slopes_are_made_in_float64() -> None:
    """The two runtimes differ here, and 8 bits seldom show it: only where a product lies next to a half."""
    rng = np.random.default_rng(0)
    differing = 0
    for _ in range(300):
        out = np.float32(rng.uniform(0.01, 0.1))
        scale = float(np.float32(float(out) * (rng.integers(0, 100) + 0.5) / rng.integers(1, 127)))
        graph = Graph("g", inputs=["x"], outputs=["y"], nodes=[Node(LeakyRelu(0.3), ("x",), ("y",))])
        graph.add(Tensor("x", (1, 256), "int8", Quantization.per_tensor(scale, 0)))
        graph.add(Tensor("y", (1, 256), "int8", Quantization.per_tensor(float(out), 0)))
        every = {"x": np.arange(-128, 128).astype(np.int8).reshape(1, -1)}
        one, other = (Simulator(graph, name).run(every)["y"] for name in ("tflm", "litert-reference"))
        if (one != other).any():
            differing += 1
            assert all(verify(graph, runtime, every).exact for runtime in RUNTIMES[:2])
    assert differing > 10
