"""Jetson: the symmetric graph, the Q/DQ file and TensorRT's rules; the engine itself needs the device."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import onnx as onnx_package
import pytest

from edgekit import plugins, target
from edgekit.backends import _onnx_layers as layers
from edgekit.backends import tensorrt as backend
from edgekit.backends.tensorrt import build_engine, rules
from edgekit.backends.tensorrt.symmetric import symmetric
from edgekit.errors import InputError, UnsupportedError
from edgekit.export import onnx
from edgekit.pipeline import build
from edgekit.reference import Simulator, dequantize_array
from edgekit.verification import random_inputs
from tests.backends.graphs import small_int8
from tests.export.cases import cases

TARGET = target.find_target("jetson-orin-nano")
OPERATORS = plugins.names("tests.reference.cases")


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_keeps_the_rules_and_its_bound(operator: str) -> None:
    ran = 0
    for seed, graph in cases(operator, 3):
        if backend.check(graph, TARGET):
            continue
        balanced = symmetric(graph)
        model = onnx.model(balanced, layers.STYLE)
        assert not rules.broken(model), f"{operator} seed {seed}: {rules.broken(model)}"
        inputs = layers.real(graph, random_inputs(graph, 2, seed))
        try:
            proof = layers.verify(balanced, model.SerializeToString(), inputs, "onnxruntime")
        except UnsupportedError:
            continue  # scales that the random picker took to an extreme, past the simulator's multipliers
        assert proof.holds, f"{operator} seed {seed}: {proof.first_failure}\n{balanced.nodes}\n{balanced.tensors}"
        ran += 1
    assert ran


def test_the_symmetric_graph_means_the_same() -> None:
    graph = small_int8()
    balanced = symmetric(graph)
    assert all(not t.quantization.zero_point.any() for t in balanced.tensors.values() if t.quantization is not None)
    inputs = layers.real(graph, random_inputs(graph, 4))
    before, after = Simulator(graph).run(inputs)["z"], Simulator(balanced).run(inputs)["z"]
    gap = np.abs(dequantize_array(before, graph.tensors["z"]) - dequantize_array(after, balanced.tensors["z"]))
    x, w = balanced.tensors["x"], balanced.tensors["w"]
    assert w.data is not None and w.quantization is not None
    weights = np.abs(w.data.astype(np.float64) * w.quantization.scale.reshape(-1, 1, 1, 1)).reshape(8, -1).sum(axis=1)
    assert gap.max() < 0.5 * x.scale * weights.max() + 2 * balanced.tensors["z"].scale  # each input is rounded anew


def test_broken_rules_are_named() -> None:
    model = onnx.model(small_int8(), layers.STYLE)  # asymmetric
    assert any("TensorRT knows 0 only" in text for text in rules.broken(model))
    model = onnx.model(symmetric(small_int8()), onnx.Style(opset=13, float_interface=True))
    said = " ".join(rules.broken(model))
    assert "stored as integers" in said and "int32" in said
    model = onnx.model(symmetric(small_int8()), layers.STYLE)
    (channels,) = (a for n in model.graph.node for a in n.attribute if a.name == "axis" and n.op_type[0] == "D")
    channels.i = 3
    assert "along axis 3" in " ".join(rules.broken(model))
    model.opset_import[0].version = 21
    assert "opset 21" in rules.broken(model)[0]


def test_artifact(tmp_path: Path) -> None:
    graph = small_int8()
    artifact = backend.compile(graph, TARGET, tmp_path, {"dla": 0})
    assert {p.name for p in tmp_path.iterdir()} == set(artifact.files) and artifact.compiled is False
    assert "NOT RUN" in artifact.notes[0] and "--useDLACore=0" in artifact.facts["trtexec"]
    assert artifact.facts["source"] == "model_fp32.onnx"
    head, *lines = (tmp_path / "calibration.cache").read_text().splitlines()
    scales = {name: struct.unpack(">f", bytes.fromhex(bits))[0] for name, bits in (li.split(": ") for li in lines)}
    assert head == "TRT-8502-EntropyCalibration2" and scales["x"] == symmetric(graph).tensors["x"].scale
    values = {name for n in onnx_package.load(tmp_path / "model_fp32.onnx").graph.node for name in n.output}
    assert set(scales) <= values | {"x"} and len(scales) == 3
    inputs = random_inputs(graph, 3)
    done = backend.run(tmp_path, inputs)
    assert not done.on_target and "NOT RUN" in done.note and done.outputs["z"].shape == (3, 200)
    float_proof = backend.verify(tmp_path, inputs)  # the DLA's engine is built from the float file
    assert float_proof.holds and max(layer.bound for layer in float_proof.layers) < 0.01
    backend.compile(graph, TARGET, tmp_path / "gpu")
    proof = backend.verify(tmp_path / "gpu", inputs)
    assert proof.holds and [layer.bound for layer in proof.layers] == [1.0, 1.0]


def test_the_build_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What of it needs no TensorRT."""
    backend.compile(small_int8(), TARGET, tmp_path)
    monkeypatch.setattr(build_engine, "HERE", tmp_path)
    golden = json.loads((tmp_path / "golden_outputs.json").read_text())
    outputs = [{"name": name, "values": list(wanted["values"])} for name, wanted in golden.items()]
    (tmp_path / "out.json").write_text(json.dumps(outputs))
    assert build_engine.main(["--compare", str(tmp_path / "out.json")]) == 0
    outputs[0]["values"][7] += 1.0
    (tmp_path / "out.json").write_text(json.dumps(outputs))
    assert build_engine.main(["--compare", str(tmp_path / "out.json")]) == 1
    assert build_engine.main([]) == 2 and "tensorrt" in capsys.readouterr().err
    assert build_engine.cache_for("10.3.0").startswith(b"TRT-100300-EntropyCalibration2\ny_real: ")
    assert build_engine.numbered("8.5.2") == 8502
    assert build_engine.misfit({"tensorrt": "8.5.2"}, {"tensorrt": "10.3.0"}) == [
        "tensorrt: built for 8.5.2, here 10.3.0"
    ]


def test_nano_has_no_int8(tmp_path: Path) -> None:
    artifact = backend.compile(small_int8(), target.find_target("jetson-nano"), tmp_path)
    assert artifact.facts["source"] == "model_fp32.onnx" and "--int8" not in artifact.facts["trtexec"]


@pytest.mark.parametrize("model", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(shared: Path, tmp_path: Path, model: str) -> None:
    path = shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite"
    folder = build(path, ["jetson-orin-nano"], tmp_path).targets["jetson-orin-nano"].folder
    (of_build,) = [p for p in json.loads((folder / "manifest.json").read_text())["verified"] if p.get("vehicle")]
    assert of_build["status"] in ("exact", "within its bound") and of_build["largest_difference"] <= 1


def test_mistakes_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dla"):
        backend.check(small_int8(), TARGET.with_options({"dla": 7}))
    with pytest.raises(InputError, match="holds no TensorRT build"):
        backend.run(tmp_path, {})
    graph = small_int8()
    for name in ("x", "y", "z"):
        graph.tensors[name] = graph.tensors[name].with_(dtype="int16")
    with pytest.raises(UnsupportedError, match="int16"):
        backend.compile(graph, TARGET, tmp_path)
