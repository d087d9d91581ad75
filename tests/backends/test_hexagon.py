"""Hexagon: compiled for the HTP and run in Qualcomm's simulator without CPU fallback, each layer within its bound."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgekit import built, target
from edgekit.backends import hexagon as backend
from edgekit.backends.hexagon import htp, layers
from edgekit.doctor.probe import Found
from edgekit.doctor.tools.onnxruntime_qnn import TOOL
from edgekit.errors import InputError, ToolError, UnsupportedError, UsageError
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.pipeline import build
from edgekit.recipe import Recipe
from edgekit.reference import Simulator
from edgekit.verification import random_inputs
from tests.backends.graphs import small_int8
from tests.backends.test_ethos_u import in_float
from tests.export.cases import cases

TARGET = target.find_target("hexagon")
needs_qnn = pytest.mark.skipif(TOOL.find() is None, reason=f"onnxruntime-qnn is not installed: {TOOL.install}")
OPERATORS = (
    "add", "average_pool_2d", "concatenation", "conv_2d", "depthwise_conv_2d", "fully_connected", "hard_swish",
    "logistic", "max_pool_2d", "mean", "mul", "pad", "prelu", "relu", "reshape", "resize_bilinear", "softmax", "split",
    "strided_slice", "sub", "tanh", "transpose",
)  # fmt: skip


def dilated_and_strided() -> Graph:
    """The HTP takes no depthwise convolution with both."""
    q = Quantization.per_tensor(0.05, 0)
    graph = Graph("bad", inputs=["x"], outputs=["z"])
    graph.add(Tensor("x", (1, 9, 12, 2), "int8", q))
    graph.add(Tensor("y", (1, 9, 12, 2), "int8", q))
    graph.add(Tensor.constant("w", np.ones((1, 3, 3, 2), np.int8), Quantization.per_channel(np.full(2, 0.1), 3)))
    graph.add(Tensor("z", (1, 3, 4, 2), "int8", q))
    graph.nodes = [Node(Relu(), ("x",), ("y",))]
    graph.nodes += [Node(DepthwiseConv2D(stride=(3, 3), dilation=(1, 3)), ("y", "w"), ("z",))]
    graph.validate()
    return graph


@needs_qnn
def test_context_binary_runs_and_holds(tmp_path: Path) -> None:
    graph = small_int8()
    artifact = backend.compile(graph, TARGET, tmp_path)
    assert artifact.compiled and any(name.endswith(".bin") for name in artifact.files)
    inputs = random_inputs(graph, 3)
    done = backend.run(tmp_path, inputs)
    assert "simulator" in done.vehicle and done.outputs["z"].shape == (3, 200)
    assert np.abs(done.outputs["z"].astype(int) - Simulator(graph).run(inputs)["z"]).max() <= 1
    proof = backend.verify(tmp_path, inputs)
    assert proof.holds and [layer.layer for layer in proof.layers] == ["y", "z"] and len(proof.whole) == 1


@needs_qnn
def test_a_wrong_layer_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The HTP gets a bias that is off; the simulator does not."""
    graph = small_int8()
    backend.compile(graph, TARGET, tmp_path)
    save = layers.onnx.save

    def saved(given: Graph, *rest: object) -> None:
        given.tensors["b"] = Tensor.constant("b", np.asarray(given.tensors["b"].data) + 500)
        save(given, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(layers.onnx, "save", saved)
    proof = backend.verify(tmp_path, random_inputs(graph, 1))
    assert not proof.holds and proof.first_failure is not None and proof.first_failure.layer == "y"


@needs_qnn
@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_operators_are_within_the_bound(tmp_path: Path, operator: str) -> None:
    """Of the random cases that the HTP takes, which are most."""
    done = 0
    for seed, graph in cases(operator, 40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            backend.compile(graph, TARGET, folder)
        except UnsupportedError:
            continue
        proof = backend.verify(folder, random_inputs(graph, 2, seed))
        assert proof.holds, f"{operator} seed {seed}: {proof.first_failure}\n{graph.nodes}\n{graph.tensors}"
        done += 1
        if done == 2:
            return
    assert done >= 2, f"the HTP takes {done} of 40 cases of {operator}"


@needs_qnn
@pytest.mark.parametrize("graph", [dilated_and_strided(), in_float(dilated_and_strided())], ids=["int8", "float"])
def test_what_the_htp_does_not_take_is_rejected_by_its_own_word(graph: Graph) -> None:
    (found,) = backend.check(graph, TARGET)
    assert (found.layer, found.op, found.found) == ("z", "depthwise_conv_2d", "Conv on the CPU")


@needs_qnn
@pytest.mark.slow
@pytest.mark.parametrize("model", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(shared: Path, tmp_path: Path, model: str) -> None:
    path = shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite"
    made = build(path, ["hexagon"], tmp_path).targets["hexagon"]
    (of_build,) = [p for p in made.manifest["verified"] if p.get("vehicle")]
    assert of_build["status"] in ("exact", "within its bound") and of_build["largest_difference"] <= 1
    assert of_build["differing"] < 0.05 * of_build["values"]
    assert built.verify_build(made.folder).holds


def test_rules_before_the_compiler_is_asked() -> None:
    q = Quantization.per_tensor(0.05, 0)
    deep = Graph("g", inputs=["x"], outputs=["y"])
    for name in ("x", "y"):
        deep.add(Tensor(name, (1, 2, 2, 2, 2), "int8", q))
    deep.nodes = [Node(Relu(), ("x",), ("y",))]
    assert [r.found for r in backend.check(deep, TARGET)] == ["5 dimensions"]
    other = Graph("g", inputs=["x"], outputs=["y"])
    other.add(Tensor("x", (1, 4, 4, 2), "int8", q))
    other.add(Tensor("y", (1, 8, 8, 2), "int8", Quantization.per_tensor(0.06, 0)))
    other.nodes = [Node(ResizeBilinear((8, 8)), ("x",), ("y",))]
    assert [r.found for r in backend.check(other, TARGET)] == ["different ones"]


@pytest.mark.parametrize(("found", "said"), [(None, "is not installed"), (Found("1.20.0", ""), "found 1.20.0")])
def test_the_missing_or_old_package_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found | None, said: str
) -> None:
    monkeypatch.setattr(type(TOOL), "find", lambda self: found)
    seen: list[str] = []
    with pytest.raises(ToolError, match=said):
        build(Recipe(), ["hexagon"], tmp_path, progress=lambda done, total, text: seen.append(text))
    assert not seen


def test_a_library_that_ends_the_process_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(htp, "version", lambda: "2.7.0")
    module = tmp_path / "crashing_worker.py"
    module.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(htp, "WORKER", "crashing_worker")
    with pytest.raises(ToolError, match="ended with signal 11 when asked to run"):
        htp.ask({"do": "run"}, tmp_path, backend.Options())


def test_foreign_folders_ports_and_options(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no Hexagon build"):
        backend.run(tmp_path, {})
    (tmp_path / layers.SETTINGS).write_text(json.dumps({"soc_model": 43}))
    with pytest.raises(InputError, match="holds no Hexagon build"):
        backend.verify(tmp_path, {})
    with pytest.raises(UsageError):
        backend.run(tmp_path, {}, "/dev/ttyUSB0")
    with pytest.raises(InputError):
        backend.check(small_int8(), TARGET.with_options({"soc": 1}))
