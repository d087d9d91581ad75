"""The engine against the NumPy kernels: zero differing integers, and it does take layers."""

from __future__ import annotations

import importlib
import zlib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import mobilenet_v1_025, resnet8
from edgekit.frontend import load
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.add import Add
from edgekit.reference import Simulator
from edgekit.reference.arithmetic import multiply, quantize_multipliers
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.engine import ramp, remainder, segments
from edgekit.reference.engine.stairs import Stairs
from edgekit.reference.simulator import ENGINE_FROM
from edgekit.reference.steps import first_reaching
from edgekit.verification import random_inputs
from tests.reference.picker import RandomPicker, choose

BATCH = ENGINE_FROM + 5  # not a multiple of what the engine runs at once
MODELS = ("ic_resnet8_int8", "vww_96_int8", "kws_dscnn_int8", "ad01_int8")

pytestmark = pytest.mark.skipif(
    segments.platform.machine() not in segments.MACHINES, reason="the engine is for x86-64 only"
)


def all_outputs(graph: Graph) -> Graph:
    """The graph with every activation as an output, so that every layer inside a segment is seen."""
    made = [name for node in graph.nodes for name in node.outputs]
    graph.outputs = [name for name in made if graph.tensors[name].shape[:1] == (1,)]
    return graph


def compare(graph: Graph, rules: str, samples: int = BATCH, seed: int = 0) -> int:
    """Runs both; the number of nodes that the engine took."""
    inputs = random_inputs(graph, samples, seed)
    fast, plain = Simulator(graph, rules), Simulator(graph, rules, engine="numpy")
    expected, found = plain.run(inputs), fast.run(inputs)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        differing = int((found[name] != array).sum())
        assert differing == 0, (
            f"{graph.name} seed {seed}: {differing} of {array.size} integers of {name}\n{graph.nodes}"
        )
    return sum(s.stop - s.start for s in segments.segments(graph, arithmetic(rules)))


@pytest.mark.parametrize(
    ("operator", "least"),
    [("conv_2d", 15), ("depthwise_conv_2d", 10), ("average_pool_2d", 5), ("max_pool_2d", 10)],
)
def test_operators(operator: str, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "WORTH", (operator,))
    cases = importlib.import_module(f"tests.reference.cases.{operator}")
    tag, taken = zlib.crc32(operator.encode()), 0
    for seed in range(60):
        graph = cases.case(RandomPicker([tag, seed]))
        if all(graph.tensors[name].shape[:1] == (1,) for name in [*graph.inputs, *graph.outputs]):
            taken += compare(graph, "tflm", seed=seed)
    assert taken >= least, f"the engine took only {taken} of 60 cases"


def test_additions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes that the engine takes are rare among the random cases of `add`: here only scales vary."""
    monkeypatch.setattr(segments, "WORTH", ("add",))
    pick, taken = RandomPicker(1), 0
    for seed in range(40):
        shape = (1, 4, 4, pick.integer(1, 20))
        op = Add(choose(pick, ACTIVATIONS))
        graph = Graph("add", inputs=["a", "b"], outputs=["y"], nodes=[Node(op, ("a", "b"), ("y",))])
        for name in ("a", "b", "y"):
            quantization = Quantization.per_tensor(pick.integer(500, 2000) / 1000, pick.integer(-128, 127))
            graph.add(Tensor(name, shape, "int8", quantization))
        graph.validate()
        taken += compare(graph, "tflm", samples=4 * BATCH, seed=seed)
    assert taken >= 20, f"the engine took only {taken} of 40"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("network", [resnet8, mobilenet_v1_025])
def test_every_layer_of_random_networks(network, seed: int) -> None:  # type: ignore[no-untyped-def]
    graph = all_outputs(network(seed))
    assert compare(graph, "tflm", seed=seed) >= len(graph.nodes) // 2


@pytest.mark.parametrize("rules", ["tflm", "litert-reference"])
@pytest.mark.parametrize("model", MODELS)
def test_mlperf_tiny(shared: Path, model: str, rules: str) -> None:
    graph = load(shared / "models" / "mlperf_tiny" / f"{model}.tflite")
    taken = compare(graph, rules, samples=64)
    assert taken >= (0 if model == "ad01_int8" else len(graph.nodes) // 2)


@pytest.mark.parametrize("value", [-128, 127])
def test_saturated_inputs(value: int) -> None:
    graph = all_outputs(resnet8(7))
    inputs = {"input": np.full((BATCH, *graph.tensors["input"].shape[1:]), value, np.int8)}
    expected = Simulator(graph, engine="numpy").run(inputs)
    for name, array in Simulator(graph).run(inputs).items():
        assert np.array_equal(array, expected[name]), name


def test_numpy_engine_prepares_no_segment() -> None:
    graph = resnet8()
    simulator = Simulator(graph, engine="numpy")
    simulator.run(random_inputs(graph, BATCH))
    assert "_fast_steps" not in vars(simulator)


def staircase(seed: int, zero_point: int, reach: int) -> tuple[Stairs, np.ndarray, np.ndarray, np.ndarray]:
    """Random multipliers: their stairs over accumulators of magnitude up to `reach`, m, shift and half."""
    rng = np.random.default_rng(seed)
    m, shift = quantize_multipliers(rng.uniform(60, 200, 6) / reach)
    limit = np.full(6, reach)
    found = first_reaching(m, shift, np.zeros(6, np.int64), zero_point, -128, 127, limit)
    assert found is not None
    first, _ = found
    levels = np.arange(-127, 128)[:, None] - zero_point
    stairs = Stairs(first, levels, first <= limit, first > -limit, limit, np.ldexp(m.astype(np.float64), shift - 31))
    return stairs, m, shift, np.where(shift < 0, np.ldexp(1.0, np.minimum(shift, 0) - 1), 0.0)


def page(reach: int, m: np.ndarray, shift: np.ndarray, zero_point: int) -> tuple[np.ndarray, np.ndarray]:
    acc = np.arange(-reach, reach + 1)[:, None]
    return acc, np.clip(multiply(acc, m, shift) + zero_point, -128, 127) - zero_point


@pytest.mark.parametrize("seed", range(8))
def test_ramp_equals_the_page_everywhere(seed: int) -> None:
    zero_point = (-128, 5, 127, -40)[seed % 4]
    stairs, m, shift, _ = staircase(seed, zero_point, 9000)
    form = ramp.fit(stairs)
    assert form is not None
    acc, wanted = page(9000, m, shift, zero_point)
    for fused in (False, True):
        found = np.clip(form.value(acc, fused), -128 - zero_point, 127 - zero_point)
        assert np.array_equal(found, wanted)


@pytest.mark.parametrize("seed", range(8))
def test_remainder_equals_the_page_everywhere(seed: int) -> None:
    zero_point = (-128, 5, 127, -40)[seed % 4]
    stairs, m, shift, half = staircase(seed, zero_point, 60_000)
    form = remainder.fit(stairs, half)
    assert form is not None
    acc, wanted = page(60_000, m, shift, zero_point)
    single = np.float32
    b = (acc + form.shift).astype(single)
    near = np.clip(np.rint(b * form.mul), -127 - zero_point, 127 - zero_point).astype(single)
    rest = (b - near * form.divisor) - near * form.rest
    if form.half is not None:
        rest = rest + np.clip(acc, -1, 1).astype(single) * form.half
    side = np.clip(rest * (form.mul * single(remainder.SHARP)) + form.offset * single(remainder.SHARP), -0.5, 0.5)
    assert np.array_equal(near - single(0.5) + side, wanted)


def test_no_form_where_a_step_is_too_close() -> None:
    stairs, _, _, half = staircase(0, 5, 9000)
    moved = Stairs(
        stairs.first + (stairs.levels == 40), stairs.levels, stairs.reached, stairs.after, stairs.reach, stairs.real
    )
    assert ramp.fit(moved) is None
    assert remainder.fit(moved, half) is None


def test_a_layer_that_is_refused_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum of a value from before the segment and one of it, which is not taken: the segment must not read both."""
    from edgekit.reference.engine.ops import add, conv_2d

    graph, take = resnet8(), conv_2d.lower
    refused = {node.inputs[0] for node in graph.nodes if node.op.name == "add"}
    monkeypatch.setattr(add, "lower", lambda *_: None)
    monkeypatch.setattr(conv_2d, "lower", lambda *a: None if a[2][0].name in refused else take(*a))
    assert compare(all_outputs(graph), "tflm") > 0
