"""ONNX as it is written: valid, and ONNX Runtime computes from it what the simulator says, within a stated bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import frontend, passes, plugins
from edgekit.errors import UnsupportedError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.frontend.onnx import read
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.relu import Relu
from edgekit.reference import Simulator, dequantize_array
from edgekit.verification import random_inputs
from tests.backends.graphs import small_int8
from tests.export.cases import bound_of, cases

OPERATORS = plugins.names("tests.reference.cases")
MODELS = ("ad01", "ic_resnet8", "kws_dscnn", "vww_96")


def session(data: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run(data: bytes, inputs: dict[str, Any]) -> dict[str, Any]:
    found = session(data)
    return dict(zip([o.name for o in found.get_outputs()], found.run(None, inputs), strict=True))


def largest_gap(found: dict[str, Any], wanted: dict[str, Any]) -> float:
    for name, array in wanted.items():
        assert found[name].shape == array.shape and found[name].dtype == array.dtype, name
    gaps = [np.abs(found[n].astype(np.float64) - a.astype(np.float64)).max(initial=0) for n, a in wanted.items()]
    return float(max(gaps))


def check_operator(operator: str, count: int, style: Style | None = None) -> None:
    for seed, graph in cases(operator, count):
        inputs = random_inputs(graph, 1, seed)
        found, wanted = run(onnx.write(graph, style), inputs), Simulator(graph).run(inputs)
        if graph.tensors[graph.outputs[0]].dtype == "float32":
            np.testing.assert_allclose(found["y"], wanted["y"], rtol=1e-6)
            continue
        gap = largest_gap(found, wanted)
        assert gap <= bound_of(operator), f"{operator} seed {seed}: {gap}\n{graph.nodes}\n{graph.tensors}"


def test_every_operator_of_the_simulator_can_be_written() -> None:
    assert all(onnx.supports(operator) for operator in plugins.names("edgekit.reference.ops"))


@pytest.mark.parametrize("operator", OPERATORS)
def test_onnxruntime_equals_the_simulator_within_the_bound(operator: str) -> None:
    check_operator(operator, 12)


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_cases_in_onnxruntime(operator: str) -> None:
    check_operator(operator, 300)


@pytest.mark.parametrize("style", [Style(opset=13), Style(own_activations=True)], ids=["opset 13", "own activations"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_styles_keep_the_bound(operator: str, style: Style) -> None:
    check_operator(operator, 3, style)


@pytest.mark.parametrize(
    "style", [Style(float_bias=True), Style(opset=13), Style(opset=21), Style(float_interface=True)]
)
def test_styles_compute_the_same(style: Style) -> None:
    graph = small_int8()
    inputs = random_inputs(graph, 1)
    wanted = Simulator(graph).run(inputs)
    if style.float_interface:
        inputs = {n: dequantize_array(a, graph.tensors[n]) for n, a in inputs.items()}
        wanted = {n: dequantize_array(a, graph.tensors[n]) for n, a in wanted.items()}
    found = run(onnx.write(graph, style), inputs)
    step = float(graph.tensors["z"].scale) if style.float_interface else 1
    assert largest_gap(found, wanted) <= 1.001 * step


def test_scales_are_the_graphs_own_and_weights_stay_integers() -> None:
    """No scale is invented, and nothing but scales is stored as float."""
    from onnx import numpy_helper

    graph = small_int8()
    stored = {i.name: numpy_helper.to_array(i) for i in onnx.model(graph).graph.initializer}
    weights = next(a for a in stored.values() if a.dtype == np.int8 and a.ndim == 4)
    assert np.array_equal(weights, np.asarray(graph.tensors["w"].data).transpose(0, 3, 1, 2))
    q = graph.tensors["w"].quantization
    assert q is not None
    known = [np.float32(0.05), np.float32(0.03), *q.scale, *(np.float32(0.05) * q.scale), np.float32(0), np.float32(6)]
    floats = np.concatenate([np.atleast_1d(a) for a in stored.values() if a.dtype == np.float32])
    assert set(floats.tolist()) <= {float(v) for v in known}


def test_each_operator_is_a_node_unit() -> None:
    """Between any two operators there is a QuantizeLinear and a DequantizeLinear, layout changes included."""
    model = onnx.model(small_int8())
    makers = {o: n for n in model.graph.node for o in n.output}
    inside = {"Relu", "Clip"}  # a fused activation follows its operator
    for node in model.graph.node:
        if node.op_type in {"QuantizeLinear", "DequantizeLinear", *inside}:
            continue
        for name in node.input:
            assert name not in makers or makers[name].op_type == "DequantizeLinear", (node.op_type, name)


def test_bounds_that_saturation_keeps_anyway_are_not_written() -> None:
    q = Quantization.per_tensor(6 / 255, -128)  # integers cover 0..6
    graph = Graph("g", inputs=["x"], outputs=["y"])
    graph.add(Tensor("x", (1, 4, 4, 2), "int8", Quantization.per_tensor(0.1, 0)))
    graph.add(Tensor.constant("w", np.ones((2, 1, 1, 2), np.int8), Quantization.per_channel(np.full(2, 0.1), 0)))
    graph.add(Tensor("y", (1, 4, 4, 2), "int8", q))
    graph.nodes = [Node(Conv2D(activation="relu6"), ("x", "w"), ("y",))]
    kinds = {n.op_type for n in onnx.model(graph).graph.node}
    assert "Clip" not in kinds and "Relu" not in kinds
    inputs = random_inputs(graph, 1)
    assert largest_gap(run(onnx.write(graph), inputs), Simulator(graph).run(inputs)) <= 1


def test_float_graphs_are_written_without_quantization() -> None:
    graph = Graph("g", inputs=["x"], outputs=["y", "z"])
    rng = np.random.default_rng(0)
    graph.add(Tensor("x", (1, 5, 6, 3), "float32"))
    graph.add(Tensor.constant("w", rng.normal(size=(4, 3, 3, 3)).astype(np.float32)))
    graph.add(Tensor("a", (1, 3, 3, 4), "float32"))
    graph.add(Tensor("y", (1, 3, 3, 4), "float32"))
    graph.add(Tensor("z", (1, 3, 3, 8), "float32"))
    graph.nodes = [
        Node(Conv2D(stride=(2, 2)), ("x", "w"), ("a",)),
        Node(Relu(), ("a",), ("y",)),
        Node(Concatenation(3), ("a", "y"), ("z",)),
    ]
    graph.validate()
    inputs = {"x": rng.normal(size=(1, 5, 6, 3)).astype(np.float32)}
    assert not {"QuantizeLinear", "DequantizeLinear"} & {n.op_type for n in onnx.model(graph).graph.node}
    assert largest_gap(run(onnx.write(graph), inputs), Simulator(graph).run(inputs)) < 1e-5


def test_int16_needs_a_newer_opset() -> None:
    q = Quantization.per_tensor(0.01, 0)
    graph = Graph("g", inputs=["x"], outputs=["y"])
    for name in ("x", "y"):
        graph.add(Tensor(name, (1, 4), "int16", q))
    graph.nodes = [Node(Relu(), ("x",), ("y",))]
    with pytest.raises(UnsupportedError, match="opset 21"):
        onnx.write(graph)
    onnx.model(graph, Style(opset=21))


def test_computed_weights_are_refused_with_the_layer() -> None:
    graph = Graph("g", inputs=["x", "w"], outputs=["y"])
    for name, shape in (("x", (1, 4, 4, 2)), ("w", (2, 1, 1, 2)), ("y", (1, 4, 4, 2))):
        graph.add(Tensor(name, shape, "float32"))
    graph.nodes = [Node(Conv2D(), ("x", "w"), ("y",))]
    with pytest.raises(UnsupportedError, match=r"layer y \(conv_2d\).*computed"):
        onnx.write(graph)


def test_equal_graphs_give_equal_bytes(tmp_path: Path) -> None:
    onnx.save(small_int8(), tmp_path / "a.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == onnx.write(small_int8())


@pytest.mark.parametrize("model", MODELS)
def test_mlperf_tiny_comes_back(shared: Path, model: str) -> None:
    """Written, read by edgekit's own ONNX reader and lowered, the model has its layers again and computes the same."""
    graph = frontend.load(shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite")
    back = passes.optimize(read(onnx.write(graph)))
    assert back.macs() == graph.macs()
    inputs = random_inputs(graph, 2)
    wanted, found = Simulator(graph).run(inputs), Simulator(back).run(inputs)
    assert all(np.array_equal(found[n], wanted[n]) for n in graph.outputs)


@pytest.mark.parametrize("model", MODELS)
def test_mlperf_tiny_layer_by_layer(shared: Path, model: str) -> None:
    """Each layer by itself on the simulator's integers: 1 step at most, in few values."""
    graph = frontend.load(shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite")
    inputs = random_inputs(graph, 1)
    expected = Simulator(graph).run(inputs, layers=True)
    values = differing = 0
    for node in graph.nodes:
        alone = _alone(graph, node)
        found = run(onnx.write(alone), {n: expected.get(n, inputs.get(n)) for n in alone.inputs})
        wanted = {n: expected[n] for n in node.outputs}
        assert largest_gap(found, wanted) <= 1, node
        values += sum(a.size for a in wanted.values())
        differing += sum(int((found[n] != a).sum()) for n, a in wanted.items())
    assert differing < 0.01 * values


def _alone(graph: Graph, node: Node) -> Graph:
    names = [n for n in dict.fromkeys((*node.inputs, *node.outputs)) if n is not None]
    tensors = {n: graph.tensors[n] for n in names}
    given = [n for n in node.inputs if n is not None and not tensors[n].is_constant]
    return Graph(node.name, tensors, [node], list(dict.fromkeys(given)), list(node.outputs), graph.arithmetic)
