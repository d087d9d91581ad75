"""What the specification fixes per operator, and the graphs that come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from edgekit.errors import InputError, UnsupportedError
from edgekit.frontend.tflite import read, write
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.quantization import quantize, report
from edgekit.recipe import QuantizeSection
from edgekit.reference import Simulator
from edgekit.verification import verify
from tests.quantization.graphs import STEPS, Builder, covered, one_operator, random_network, samples
from tests.reference.test_differential import RUNTIMES

SECTION = QuantizeSection()
SAME = [
    *("average_pool_2d", "max_pool_2d", "reshape", "transpose", "pad", "split", "strided_slice", "concatenation"),
    *("resize_nearest_neighbor", "resize_bilinear", "maximum", "minimum", "relu6"),
]
FIXED = {"softmax": (1 / 256, -128), "logistic": (1 / 256, -128), "tanh": (1 / 128, 0)}
ABSENT = {"relu_n1_to_1": "tflite-micro"}  # the runtime has no such kernel


def lowered(graph: Graph, **section: object) -> Graph:
    return quantize(graph, samples(graph), SECTION.model_copy(update=section))


def nodes_of(graph: Graph, name: str) -> list[Node]:
    found = [node for node in graph.nodes if node.op.name == name]
    assert found
    return found


def test_every_rule_is_exercised() -> None:
    assert set(covered()) <= set(STEPS)


@pytest.mark.parametrize("name", [n for n in SAME if n in covered()])
def test_operators_that_move_values_share_parameters(name: str) -> None:
    graph = lowered(one_operator(name))
    for node in nodes_of(graph, name):
        tensors = [t for t in [*graph.node_inputs(node), *graph.node_outputs(node)] if t is not None]
        assert all(t.dtype == "int8" and t.quantization == tensors[0].quantization for t in tensors)


@pytest.mark.parametrize("name", [n for n in FIXED if n in covered()])
def test_fixed_output_parameters(name: str) -> None:
    graph = lowered(one_operator(name))
    for node in nodes_of(graph, name):
        assert graph.node_outputs(node)[0].quantization == Quantization.per_tensor(*FIXED[name])


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("name", ["conv_2d", "depthwise_conv_2d", "transpose_conv", "fully_connected"])
def test_weights_are_symmetric_and_biases_have_the_product_scale(name: str, per_channel: bool) -> None:
    graph = lowered(one_operator(name), per_channel=per_channel)
    axis = {"depthwise_conv_2d": 3}.get(name, 0)
    for node in nodes_of(graph, name):
        x, w, *rest = graph.node_inputs(node)
        assert x is not None and w is not None and w.data is not None and w.quantization is not None
        wanted = w.shape[axis] if per_channel and name != "fully_connected" else 1
        assert w.quantization.scale.size == wanted and not w.quantization.zero_point.any()
        assert w.quantization.axis == (axis if wanted > 1 else None)
        assert w.dtype == "int8" and np.abs(w.data.astype(int)).max() == 127  # type: ignore[attr-defined]
        for bias in rest:
            assert bias is not None and bias.dtype == "int32" and bias.quantization is not None
            np.testing.assert_allclose(bias.quantization.scale, x.scale * w.quantization.scale, rtol=1e-6)


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", covered())
def test_every_operator_runs_with_the_simulators_integers(name: str, runtime: str) -> None:
    graph = one_operator(name)
    int8 = lowered(graph)
    assert read(write(int8)).fingerprint() == int8.fingerprint()
    assert all(layer.sqnr > 20 for layer in report(graph, int8, samples(graph, 16, seed=2)))
    if ABSENT.get(name) != runtime:
        assert verify(int8, runtime, samples=3).exact


@pytest.mark.parametrize("seed", range(25))
def test_random_networks(seed: int) -> None:
    graph = random_network(seed)
    int8 = lowered(graph)
    layers = report(graph, int8, samples(graph, 16, seed=2))
    assert min(layer.sqnr for layer in layers) > 18 and min(layer.cosine for layer in layers) > 0.99
    assert [layer.layer for layer in layers] == ["x", *(name for node in graph.nodes for name in node.outputs)]
    for runtime in RUNTIMES:
        if all(ABSENT.get(node.op.name) != runtime for node in int8.nodes):
            assert verify(int8, runtime, samples=2).exact


def test_float_input_and_output() -> None:
    graph = random_network(3)
    int8 = lowered(graph, input_dtype="float32", output_dtype="float32")
    assert int8.inputs == graph.inputs and int8.outputs == graph.outputs
    assert {int8.tensors[n].dtype for n in [*int8.inputs, *int8.outputs]} == {"float32"}
    given = samples(graph, 8, seed=2)
    plain, found = Simulator(lowered(graph)).run(given), Simulator(int8).run(given)
    for name in graph.outputs:
        tensor = lowered(graph).tensors[name]
        real = (plain[name].astype(np.float32) - tensor.zero_point) * tensor.scale
        np.testing.assert_array_equal(real, found[name])
    assert [layer.sqnr for layer in report(graph, int8, given)] == [
        layer.sqnr for layer in report(graph, lowered(graph), given)
    ]
    assert verify(int8, "litert-reference", samples=2).exact


def test_fixed_parameters_meet_a_wider_range_through_requantization() -> None:
    b = Builder((1, 6, 6, 3))
    wide, narrow = b.conv("x", 4), b.op("logistic", b.conv("x", 4))
    joined = b.op("concatenation", narrow, wide, axis=3)
    graph = b.done(b.op("add", joined, joined), narrow)
    int8 = lowered(graph)
    assert int8.tensors[narrow].quantization == Quantization.per_tensor(1 / 256, -128)
    (join,) = nodes_of(int8, "concatenation")
    assert join.inputs == (f"{narrow}_requantized", wide)
    assert int8.tensors[wide].quantization == int8.tensors[joined].quantization
    assert all(verify(int8, runtime, samples=2).exact for runtime in RUNTIMES)


def test_fixed_parameters_pass_on_to_a_group_that_they_cover() -> None:
    b = Builder((1, 6, 6, 3))
    first, second = (b.op("logistic", b.conv("x", 4)) for _ in range(2))
    joined = b.op("concatenation", first, second, axis=3)
    int8 = lowered(b.done(b.op("reshape", joined, shape=(1, 288))))
    assert {node.op.name for node in int8.nodes} == {"conv_2d", "logistic", "concatenation", "reshape"}
    assert int8.tensors[int8.outputs[0]].quantization == Quantization.per_tensor(1 / 256, -128)


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", ["conv_2d", "depthwise_conv_2d", "transpose_conv", "fully_connected"])
def test_a_layer_without_a_bias_gets_zeros(name: str, runtime: str) -> None:
    graph = one_operator(name)
    bare = [replace(n, inputs=n.inputs[:2]) if n.op.name == name else n for n in graph.nodes]
    bare.append(replace(bare[-1], outputs=("again",)))  # the same weights a second time
    graph.add(graph.tensors[graph.outputs[0]].with_(name="again"))
    graph.nodes, graph.outputs = bare, [*graph.outputs, "again"]
    int8 = lowered(graph)
    for node in nodes_of(int8, name):
        bias = int8.node_inputs(node)[2]
        assert bias is not None and bias.dtype == "int32" and bias.data is not None and not bias.data.any()
    assert verify(int8, runtime, samples=2).exact


def test_weights_shared_by_two_layers_keep_a_bias_for_each() -> None:
    b = Builder((1, 6, 6, 3))
    w, bias = b.normal(3, 3, 3, 3, spread=0.2), b.normal(3)
    first = b.op("conv_2d", "x", w, bias, activation="relu")
    graph = b.done(b.op("conv_2d", first, w, bias))
    int8 = lowered(graph)
    assert len({node.inputs[1] for node in int8.nodes}) == 1 and len({node.inputs[2] for node in int8.nodes}) == 2
    assert verify(int8, "tflite-micro", samples=2).exact


@dataclass(frozen=True)
class Mystery(Operator):
    name = "mystery"


def test_what_cannot_be_quantized_is_named() -> None:
    graph = Graph("g", inputs=["x"], outputs=["y"])
    for name in "xy":
        graph.add(Tensor(name, (1, 4), "float32"))
    graph.nodes = [Node(Mystery(), ("x",), ("y",))]
    with pytest.raises(UnsupportedError, match=r"layer y \(mystery\).*no int8 rule"):
        quantize(graph, samples(graph), SECTION)
    with pytest.raises(InputError, match="quantized already"):
        int8 = lowered(one_operator("add"))
        quantize(int8, samples(int8), SECTION)
    b = Builder((1, 4))
    with pytest.raises(UnsupportedError, match="computed"):
        lowered(b.done(b.op("fully_connected", "x", b.op("add", b.normal(2, 4), b.op("mean", "x", axes=(0,))))))


@pytest.mark.parametrize("method", ["minmax", "moving-average", "percentile", "mse", "entropy"])
def test_same_arguments_same_graph_by_every_method(method: str) -> None:
    graph = random_network(1)
    first, second = (lowered(graph, method=method) for _ in range(2))
    assert first.fingerprint() == second.fingerprint()
    assert report(graph, first, samples(graph, 16, seed=2))[-1].sqnr > 12


def test_unknown_method() -> None:
    with pytest.raises(InputError, match=r"no range method is named 'guess'.*moving-average"):
        lowered(one_operator("add"), method="guess")
