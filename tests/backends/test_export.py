"""Exports for vendors whose compiler is nowhere: the file is checked, the command is written, nothing is claimed."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from edgekit import frontend, target
from edgekit.arrays import save_arrays
from edgekit.backends import _onnx_layers as layers
from edgekit.backends import export as backend
from edgekit.backends.export.options import FILES
from edgekit.errors import InputError, UnsupportedError, UsageError, VerificationError
from edgekit.graph import Graph
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.pipeline import build
from edgekit.verification import random_inputs
from tests.backends.graphs import one_node, small_int8

TARGETS = sorted(name for name, t in target.load_targets().items() if t.backend == "export")


@pytest.mark.parametrize("name", TARGETS)
def test_artifact(tmp_path: Path, name: str) -> None:
    graph, chosen = small_int8(), target.find_target(name)
    artifact = backend.compile(graph, chosen, tmp_path)
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert written == set(artifact.files) and artifact.compiled is False and "NOT RUN" in artifact.notes[0]
    command = artifact.facts["command"]
    assert command in (tmp_path / "README.md").read_text() and "{" not in command
    options = backend.Options.model_validate(chosen.options)
    assert options.program or FILES[options.format] in command
    assert options.read and all("(" in text or ":" in text for text in options.read)
    if options.format == "onnx":
        model = onnx.load(tmp_path / "model.onnx")
        assert options.opsets[0] <= model.opset_import[0].version <= options.opsets[1]
        assert not any("Quantize" in node.op_type for node in model.graph.node)
    first = (tmp_path / "samples" / "list.txt").read_text().split()[0]
    assert np.fromfile(tmp_path / first, "<f4").size == 9 * 9 * 3
    inputs = random_inputs(graph, 3)
    done, proof = backend.run(tmp_path, inputs), backend.verify(tmp_path, inputs)
    assert not done.on_target and "NOT RUN" in done.note and done.outputs["z"].shape == (3, 200)
    assert proof.holds and [layer.op for layer in proof.layers] == ["conv_2d", "reshape"]


def test_other_numbers_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend.compile(small_int8(), target.find_target("ascend"), tmp_path)
    honest = layers.run_all
    monkeypatch.setattr(
        layers, "run_all", lambda data, samples: [{n: a + 0.01 for n, a in r.items()} for r in honest(data, samples)]
    )
    proof = backend.verify(tmp_path, random_inputs(small_int8(), 1))
    assert not proof.holds and proof.first_failure is not None and proof.first_failure.op == "conv_2d"


@pytest.mark.parametrize("kind", ["weights", "pads", "another network"])
def test_a_wrong_file_fails(kind: str, tmp_path: Path) -> None:
    """The file is not compared with itself: what an export may get wrong is found."""
    graph = small_int8()
    backend.compile(graph, target.find_target("ascend"), tmp_path)
    model = onnx.load(tmp_path / "model.onnx")
    conv = next(node for node in model.graph.node if node.op_type == "Conv")
    if kind == "weights":
        weights = next(t for t in model.graph.initializer if t.name == conv.input[1])
        swapped = onnx.numpy_helper.to_array(weights).swapaxes(2, 3)
        weights.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(swapped), weights.name))
    elif kind == "pads":
        pads = next(a for a in conv.attribute if a.name == "pads")
        pads.ints[:] = [pads.ints[0] - 1, pads.ints[1], pads.ints[2] + 1, pads.ints[3]]
    else:
        for node in model.graph.node:
            node.output[:] = [name if name == "z" else f"{name}_2" for name in node.output]
            node.input[:] = [f"{n}_2" if any(f"{n}_2" in m.output for m in model.graph.node) else n for n in node.input]
    onnx.save(model, tmp_path / "model.onnx")
    if kind == "another network":
        with pytest.raises(VerificationError, match="another network"):
            backend.verify(tmp_path, random_inputs(graph, 1))
        return
    found = backend.verify(tmp_path, random_inputs(graph, 1))
    assert found.first_failure is not None and found.first_failure.op == "conv_2d"


def test_the_programs_are_python() -> None:
    folder = Path(backend.__file__).parent / "programs"
    assert {p.name for p in folder.glob("*.py")} == {"magicmind.py", "tidl.py"}
    for path in folder.glob("*.py"):
        assert "NOT RUN" in (ast.get_docstring(ast.parse(path.read_text())) or "")


def test_whole_build(shared: Path, tmp_path: Path) -> None:
    path = shared / "models" / "mlperf_tiny" / "ic_resnet8_float.tflite"
    if not path.is_file():
        pytest.skip("the float model is not here")
    calibration = tmp_path / "calibration.npz"
    graph = frontend.load(path)
    save_arrays(calibration, random_inputs(graph, 8))
    folder = build(path, ["ascend"], tmp_path, calibration=calibration).targets["ascend"].folder
    (of_build,) = [p for p in json.loads((folder / "manifest.json").read_text())["verified"] if p.get("vehicle")]
    assert of_build["status"] in ("exact", "within its bound")


def test_mistakes_are_said(tmp_path: Path) -> None:
    ascend = target.find_target("ascend")
    with pytest.raises(UsageError, match="17 is not read by ATC"):
        backend.check(small_int8(), ascend.with_options({"opset": 17}))
    with pytest.raises(InputError, match="chip"):
        backend.check(small_int8(), ascend.with_options({"chip": "a b"}))
    wide = one_node(Reshape((1, 2, 2, 2, 1)), [(1, 8)])
    with pytest.raises(UnsupportedError, match="more axes"):
        backend.compile(wide, target.find_target("kirin"), tmp_path)
    with pytest.raises(InputError, match="holds no export"):
        backend.run(tmp_path, {})


def convolution(window: tuple[int, int], stride: tuple[int, int], depthwise: bool = False) -> Graph:
    shape = (1, *window, 4) if depthwise else (4, *window, 4)
    op = DepthwiseConv2D(stride=stride) if depthwise else Conv2D(stride=stride)
    return one_node(op, [(1, 24, 24, 4), shape], constants=[1])


@pytest.mark.parametrize(
    "graph, rule",
    [
        (convolution((3, 3), (2, 2)), ""),
        (convolution((11, 11), (4, 4)), ""),
        (convolution((3, 3), (1, 2)), "same in both directions"),
        (convolution((10, 4), (2, 2)), "at most 7 taps"),
        (convolution((5, 5), (4, 4)), "11 x 11"),
        (convolution((5, 5), (2, 2), depthwise=True), ""),
        (convolution((1, 3), (1, 1), depthwise=True), ""),
        (convolution((4, 4), (1, 1), depthwise=True), "a depthwise window"),
        (one_node(TransposeConv((8, 8), (2, 2)), [(1, 4, 4, 4), (4, 3, 3, 4)], constants=[1]), ""),
        (one_node(TransposeConv((4, 4)), [(1, 4, 4, 4), (4, 3, 3, 4)], constants=[1]), "transposed"),
        (one_node(Mean((1, 2), True), [(1, 32, 32, 4)]), ""),
        (one_node(Mean((1, 2), True), [(1, 33, 32, 4)]), "1024"),
        (one_node(Concatenation(0), [(1, 4), (1, 4)]), "along the batch"),
        (one_node(Concatenation(1), [(1, 4), (1, 4)]), ""),
    ],
)
def test_layers_of_tidl(graph: Graph, rule: str) -> None:
    tidl = target.find_target("tidl")
    found = backend.check(graph, tidl)
    assert len(found) == bool(rule) and all(rule in one.rule for one in found)
    assert not backend.check(graph, tidl.with_options({"host_layers": True}))
    assert not backend.check(graph, target.find_target("ascend"))


def test_what_is_left_to_the_cpu_is_said(tmp_path: Path) -> None:
    graph = convolution((3, 3), (1, 2))
    made = backend.compile(graph, target.find_target("tidl").with_options({"host_layers": True}), tmp_path)
    assert any("left to the device's CPU" in note and graph.outputs[0] in note for note in made.notes)
