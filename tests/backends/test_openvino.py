"""OpenVINO: IR with the graph's own scales, each layer within a step of the simulator, mistakes said at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import built, frontend, plugins, target
from edgekit.backends import openvino as backend
from edgekit.backends.openvino import engine
from edgekit.backends.openvino.dense import without_few_taps
from edgekit.backends.openvino.layers import CLAMPS
from edgekit.doctor.probe import Found
from edgekit.doctor.tools.openvino import TOOL
from edgekit.errors import InputError, ToolError, UnsupportedError, UsageError
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import Activation
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.pipeline import build
from edgekit.recipe import Recipe
from edgekit.reference import Simulator
from edgekit.reference.arithmetics.openvino import FLOAT32
from edgekit.verification import random_inputs
from tests.backends.graphs import small_int8
from tests.export.cases import bound_of, cases

TARGET = target.find_target("openvino")
OPERATORS = plugins.names("tests.reference.cases")
WRONG = {  # found by these tests
    ("mean", 16),  # over both axes of samples of two
}
NO_CASE = ("relu6", "dequantize")  # their random cases have other scales behind them, or 16 bits
needs_openvino = pytest.mark.skipif(TOOL.find() is None, reason=f"openvino is not installed: {TOOL.install}")


def compiled(graph: Graph, folder: Path, **options: Any) -> Path:
    folder.mkdir(exist_ok=True)
    backend.compile(graph, TARGET, folder, options)
    return folder


@needs_openvino
def test_artifact_is_int8_and_runs(tmp_path: Path) -> None:
    graph = small_int8()
    artifact = backend.compile(graph, TARGET, tmp_path)
    assert set(artifact.files) == {"model.tflite", "model.xml", "model.bin", "layers.json"} and artifact.compiled
    ((_, precision),) = artifact.facts["executed"]["matrix_products"]
    assert "8" in precision or "not executed in int8" in artifact.notes[0]  # older processors have no int8 products
    constants = sum(t.bytes for t in graph.tensors.values() if t.is_constant)
    assert (tmp_path / "model.bin").stat().st_size < constants + 1024  # the weights are not blown up to floats
    inputs = random_inputs(graph, 5)
    done = backend.run(tmp_path, inputs)
    wanted = Simulator(graph).run(inputs)
    assert done.on_target and "OpenVINO" in done.vehicle
    assert done.outputs["z"].shape == wanted["z"].shape and done.outputs["z"].dtype == np.int8
    assert np.abs(done.outputs["z"].astype(int) - wanted["z"]).max() <= 1


@needs_openvino
@pytest.mark.parametrize("hint", ["latency", "throughput"])
def test_many_requests_keep_the_order_of_samples(tmp_path: Path, hint: str) -> None:
    graph = small_int8()
    compiled(graph, tmp_path, hint=hint, requests=3, threads=1)
    inputs = random_inputs(graph, 17)
    one = {
        n: backend.run(tmp_path, {m: a[i : i + 1] for m, a in inputs.items()}).outputs[n] for i in (0, 16) for n in "z"
    }
    found = backend.run(tmp_path, inputs).outputs["z"]
    assert np.array_equal(found[16:], one["z"])
    assert np.abs(found.astype(int) - Simulator(graph).run(inputs)["z"]).max() <= 1


@needs_openvino
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_is_within_its_bound(tmp_path: Path, operator: str) -> None:
    check_operator(tmp_path, operator, 2)


@pytest.mark.slow
@needs_openvino
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_cases_are_within_their_bound(tmp_path: Path, operator: str) -> None:
    check_operator(tmp_path, operator, 20)


def check_operator(folder: Path, operator: str, count: int) -> None:
    """The first `count` random cases that the backend takes, of those that are."""
    done = 0
    for seed, graph in cases(operator, 12 * count):
        if backend.check(graph, TARGET):
            continue
        compiled(graph, folder)
        proof = backend.verify(folder, random_inputs(graph, 2, seed))
        assert [layer.layer for layer in proof.layers] == [n for node in graph.nodes for n in node.outputs]
        if (operator, seed) in WRONG:
            assert not proof.holds, "OpenVINO computes this one right now: take it out of WRONG"
            continue
        assert proof.holds, f"{operator} seed {seed}: {proof.first_failure}\n{graph.nodes}\n{graph.tensors}"
        if operator not in CLAMPS:
            assert all(layer.bound <= bound_of(operator) for layer in proof.layers)
        done += 1
        if done == count:
            return
    assert done or operator in NO_CASE, f"no case of {operator} is taken"


def depthwise(channels: int, multiplier: int, kernel: tuple[int, int], activation: Activation) -> Graph:
    """Weights at both ends, inputs that are never negative: sums of two products need 17 bits."""
    rng, filters = np.random.default_rng(channels * multiplier), channels * multiplier
    graph = Graph("depthwise", inputs=["x"], outputs=["y"])
    graph.add(Tensor("x", (2, 5, 6, channels), "int8", Quantization.per_tensor(0.05, -128)))
    values = rng.choice(np.array([-127, 127], np.int8), (1, *kernel, filters))
    scales = rng.uniform(0.002, 0.005, filters).astype(np.float32)
    graph.add(Tensor.constant("w", values, Quantization.per_channel(scales, 3)))
    graph.add(
        Tensor.constant("b", np.full(filters, 50, np.int32), Quantization.per_channel(np.float32(0.05) * scales, 0))
    )
    op = DepthwiseConv2D((1, 2), padding="valid", activation=activation)
    graph.add(Tensor("y", *op.infer([graph.tensors[n] for n in "xwb"]), "int8", Quantization.per_tensor(0.2, 0)))
    graph.nodes.append(Node(op, ("x", "w", "b"), ("y",)))
    graph.validate()
    return graph


@needs_openvino
@pytest.mark.parametrize("activation", ["none", "relu"])
@pytest.mark.parametrize(
    ("channels", "multiplier", "kernel"),
    [(2, 2, (3, 3)), (4, 4, (2, 3)), (9, 4, (1, 3)), (8, 1, (2, 2)), (16, 2, (3, 3))],
)
def test_depthwise_of_few_taps_and_several_filters_is_right(
    tmp_path: Path, channels: int, multiplier: int, kernel: tuple[int, int], activation: Activation
) -> None:
    graph = depthwise(channels, multiplier, kernel, activation)
    made = without_few_taps(graph)
    assert (made.nodes[0].op.name == "conv_2d") == (multiplier > 1 and channels < 16)
    inputs = random_inputs(graph, 2)
    assert np.array_equal(Simulator(made).run(inputs)["y"], Simulator(graph).run(inputs)["y"])
    proof = backend.verify(compiled(graph, tmp_path), inputs)
    assert proof.holds, proof.first_failure


@needs_openvino
def test_a_wrong_artifact_fails_in_its_layer(tmp_path: Path) -> None:
    """The IR of a graph whose bias is off by a few steps of the output."""
    graph = small_int8()
    compiled(graph, tmp_path / "good")
    wrong = graph.copy()
    bias = graph.tensors["b"]
    wrong.tensors["b"] = Tensor.constant("b", np.asarray(bias.data) + 500, bias.quantization)
    compiled(wrong, tmp_path / "wrong")
    for name in (engine.IR, engine.WEIGHTS):
        (tmp_path / "good" / name).write_bytes((tmp_path / "wrong" / name).read_bytes())
    proof = backend.verify(tmp_path / "good", random_inputs(graph, 2))
    assert not proof.holds and proof.first_failure is not None and proof.first_failure.layer == "y"


@needs_openvino
@pytest.mark.parametrize("model", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(shared: Path, tmp_path: Path, model: str) -> None:
    """The whole build: every layer within one step, in less than one value of a hundred."""
    path = shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite"
    folder = build(path, ["openvino"], tmp_path).targets["openvino"].folder
    proof = backend.verify(folder, random_inputs(frontend.load(path), 4))
    assert proof.holds and max(layer.largest for layer in proof.layers) <= 1
    assert sum(layer.differing for layer in proof.layers) < 0.01 * sum(layer.values for layer in proof.layers)
    executed = json.loads((folder / "manifest.json").read_text())["artifact"]["executed"]["matrix_products"]
    if all("8" in precision for _, precision in executed):  # products of integers are predicted exactly
        assert proof.arithmetic == "openvino"
        assert not [layer for layer in proof.layers if layer.differing and layer.op in FLOAT32]
    (of_build,) = [p for p in json.loads((folder / "manifest.json").read_text())["verified"] if p.get("vehicle")]
    assert of_build["status"] in ("exact", "within its bound") and of_build["bound"] == 1
    assert built.verify_build(folder).holds


@needs_openvino
def test_bench_counts_time_by_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgekit.backends.openvino import timing

    monkeypatch.setattr(timing, "SECONDS", 0.05)
    found = backend.bench(compiled(small_int8(), tmp_path))
    assert found["unit"] == "ns" and found["total"] > 0 and found["throughput"]["runs"] > 0
    assert {"y"} <= {row["layer"] for row in found["layers"]}
    assert found["macs"] == small_int8().macs()


@needs_openvino
def test_an_absent_device_is_not_run_and_says_so(tmp_path: Path) -> None:
    if "NPU" in engine.core().available_devices:
        pytest.skip("there is an NPU here")
    artifact = backend.compile(small_int8(), TARGET, tmp_path, {"device": "NPU"})
    assert artifact.compiled is False and "NOT RUN" in artifact.notes[0] and "NPU" in artifact.notes[0]
    with pytest.raises(ToolError, match="OpenVINO device NPU: is not on this machine"):
        backend.run(tmp_path, random_inputs(small_int8(), 1))


@pytest.mark.parametrize(("found", "said"), [(None, "is not installed"), (Found("2022.3.0", ""), "found 2022.3.0")])
def test_the_missing_or_old_package_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found | None, said: str
) -> None:
    monkeypatch.setattr(type(TOOL), "find", lambda self: found)
    seen: list[str] = []
    with pytest.raises(ToolError, match=said) as error:
        build(Recipe(), ["openvino"], tmp_path, progress=lambda done, total, text: seen.append(text))
    assert not seen and "openvino" in error.value.fix


def test_unknown_options_and_devices_are_refused() -> None:
    for options in ({"devise": "CPU"}, {"device": "TPU"}, {"requests": 0}):
        with pytest.raises(InputError):
            backend.check(small_int8(), TARGET.with_options(options))


def test_float_and_int16_graphs_are_refused(tmp_path: Path) -> None:
    graph = small_int8()
    graph.tensors = {
        n: t if t.is_constant else t.with_(dtype="float32", quantization=None) for n, t in graph.tensors.items()
    }
    with pytest.raises(UnsupportedError, match="float"):
        backend.compile(graph, TARGET, tmp_path)
    wide = small_int8()
    for name in ("x", "y", "z"):
        wide.tensors[name] = wide.tensors[name].with_(dtype="int16", quantization=Quantization.per_tensor(0.01, 0))
    assert {r.found for r in backend.check(wide, TARGET)} == {"int16"}


def test_no_port_and_no_foreign_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--port"):
        backend.run(tmp_path, {}, "/dev/ttyACM0")
    with pytest.raises(InputError, match="holds no OpenVINO build"):
        backend.verify(tmp_path, {})
