"""Movidius: a real blob where OpenVINO 2021.4.2 can be had, its path with a stand-in everywhere, FP16 as expected."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import frontend, target
from edgekit.backends import movidius as backend
from edgekit.backends._real import real_form
from edgekit.backends.movidius import blob, environment, half
from edgekit.errors import InputError, ToolError, UnsupportedError
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.pipeline import build
from edgekit.recipe import Recipe
from edgekit.reference import Simulator, dequantize_array
from edgekit.verification import random_inputs
from tests.backends.graphs import small_int8

TARGET = target.find_target("movidius")
STAND_IN = """#!{python}
import json, sys
if sys.argv[1] == "-c":
    print("2021.4.2-stand-in")
    raise SystemExit
job = json.load(open(sys.argv[2]))
answer = {{"version": "2021.4.2-stand-in", "left": {left!r}, "nodes": 3, "said": "no device"}}
if job["do"] == "compile":
    if {fails!r}:
        answer = {{"error": {fails!r}}}
    else:
        open(job["blob"], "wb").write({blob!r})
open(sys.argv[2] + ".answer", "w").write(json.dumps(answer))
"""
GOOD = b"\x7fELF" + bytes(blob.PLACE - 4) + blob.MAGIC.to_bytes(4, "little") + bytes(60)


def stand_in(folder: Path, left: tuple[str, ...] = (), fails: str = "", data: bytes = GOOD) -> Path:
    """A program that answers as a Python with OpenVINO 2021.4.2 would."""
    path = folder / "python-stand-in"
    path.write_text(STAND_IN.format(python=sys.executable, left=list(left), fails=fails, blob=data))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def pretended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def choose(**options: Any) -> None:
        environment.version_of.cache_clear()
        monkeypatch.setenv(environment.VARIABLE, str(stand_in(tmp_path, **options)))

    yield choose
    environment.version_of.cache_clear()


@pytest.fixture(scope="module")
def real_environment() -> Path:
    """OpenVINO 2021.4.2 where its environment is made already."""
    found = environment.find()
    if found is None:
        pytest.skip("OpenVINO 2021.4.2 is not here: the slow tests make its environment where a Python 3.9 is")
    return found


@pytest.fixture(scope="module")
def made_environment() -> Path:
    """OpenVINO 2021.4.2, made when a fitting Python is here."""
    try:
        return environment.require()
    except ToolError as error:
        pytest.skip(f"no environment with OpenVINO 2021.4.2 can be made here: {error}")


def test_path_of_a_blob(tmp_path: Path, pretended: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob, "described", lambda path: None)
    pretended()
    artifact = backend.compile(small_int8(), TARGET, tmp_path, {"shaves": 6})
    assert (tmp_path / "model.blob").read_bytes() == GOOD and artifact.compiled
    assert any("run on a Myriad X: NOT RUN" in note for note in artifact.notes)
    assert any("depthai: NOT RUN" in note for note in artifact.notes)
    done = backend.run(tmp_path, random_inputs(small_int8(), 2))
    assert not done.on_target and "NOT RUN" in done.note


def test_what_is_no_blob_is_refused(tmp_path: Path, pretended: Any) -> None:
    pretended(data=b"something else" * 10)
    with pytest.raises(InputError, match="must have 9709 at 0x34"):
        backend.compile(small_int8(), TARGET, tmp_path)
    (tmp_path / "short").write_bytes(b"x")
    with pytest.raises(InputError, match="found None"):
        blob.check(tmp_path / "short")


def test_layers_that_the_chip_does_not_run_are_rejected(tmp_path: Path, pretended: Any) -> None:
    pretended(left=("y_nchw_real",))
    (found,) = backend.check(small_int8(), TARGET)
    assert found.layer == "y" and found.op == "conv_2d" and "query_network" in found.rule
    with pytest.raises(UnsupportedError, match="rejections by movidius"):
        backend.compile(small_int8(), TARGET, tmp_path)


def test_a_failing_compiler_is_one_line(tmp_path: Path, pretended: Any) -> None:
    pretended(fails="no blob was written: out of CMX")
    with pytest.raises(ToolError, match="out of CMX"):
        backend.compile(small_int8(), TARGET, tmp_path)


def test_no_python_is_said_before_any_work_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(environment, "pythons", lambda: iter(()))
    seen: list[str] = []
    with pytest.raises(ToolError, match=r"needs a Python 3\.6 to 3\.9") as error:
        build(Recipe(), ["movidius"], tmp_path, progress=lambda done, total, text: seen.append(text))
    assert not seen and "pip install openvino==2021.4.2" in error.value.fix


def test_a_python_without_openvino_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    environment.version_of.cache_clear()
    monkeypatch.setenv(environment.VARIABLE, "/bin/false")
    with pytest.raises(ToolError, match=r"must have openvino 2021\.4\.2, found none"):
        backend.require(TARGET)
    assert "must have" in backend.versions()["openvino (movidius)"]


def test_real_blob(tmp_path: Path, real_environment: Path) -> None:
    artifact = backend.compile(small_int8(), TARGET, tmp_path, {"shaves": 5, "cmx_slices": 6})
    blob.check(tmp_path / "model.blob")
    assert artifact.facts["openvino"].startswith("2021.4.2")
    said = artifact.facts["blob"]
    if said is None:
        pytest.skip("the blob was compiled; depthai, which reads it back, is not installed: pip install depthai")
    assert (said["shaves"], said["cmx_slices"]) == (5, 6) and said["stages"] > 0
    assert list(said["inputs"]) == ["x"] and list(said["outputs"]) == ["z"]


def test_real_query_finds_the_layer(real_environment: Path) -> None:
    """The plugin has no linear interpolation between half pixels along several axes."""
    graph = Graph("g", inputs=["x"], outputs=["y"])
    graph.add(Tensor("x", (2, 7, 1, 3), "float32"))
    graph.add(Tensor("y", (2, 10, 7, 3), "float32"))
    graph.nodes = [Node(ResizeBilinear((10, 7), half_pixel_centers=True), ("x",), ("y",))]
    (found,) = backend.check(graph, TARGET)
    assert (found.layer, found.op) == ("y", "resize_bilinear")
    assert backend.check(small_int8(), TARGET) == []


@pytest.mark.slow
@pytest.mark.parametrize("model", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(shared: Path, tmp_path: Path, made_environment: Path, model: str) -> None:
    path = shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite"
    made = build(path, ["movidius"], tmp_path).targets["movidius"]
    blob.check(made.folder / "model.blob")
    assert made.manifest["compiled"] and any("int8 already" in note for note in made.manifest["notes"])


def test_real_form_computes_what_the_integers_mean() -> None:
    graph = small_int8()
    inputs = random_inputs(graph, 3)
    real = real_form(graph)
    given = {n: dequantize_array(a, graph.tensors[n]) for n, a in inputs.items()}
    wanted = dequantize_array(Simulator(graph).run(inputs)["z"], graph.tensors["z"])
    found = Simulator(real).run(given)["z"]
    info, q = np.iinfo(np.int8), graph.tensors["z"]
    low, high = ((end - q.zero_point) * float(q.scale) for end in (info.min, info.max))
    assert np.abs(np.clip(found, low, high) - wanted).max() <= 1.01 * float(q.scale)
    assert real_form(real) is real


def test_float16_is_close_and_not_equal() -> None:
    real = real_form(small_int8())
    inputs = {"x": np.random.default_rng(0).uniform(-4, 4, (2, 9, 9, 3)).astype(np.float32)}
    found, wanted = half.run(real, inputs)["z"], Simulator(real).run(inputs)["z"]
    assert np.array_equal(found, found.astype(np.float16))
    gap = np.abs(found - wanted).max()
    assert 0 < gap <= 2e-3 * np.abs(wanted).max()


@pytest.mark.parametrize("model", ["ic_resnet8_int8", "kws_dscnn_float"])
def test_real_models_in_float16(shared: Path, model: str) -> None:
    """The class of highest score stays, and scores move by less than a hundredth."""
    graph = frontend.load(shared / "models" / "mlperf_tiny" / f"{model}.tflite")
    real = real_form(graph)
    inputs = {n: a[:2] for n, a in random_inputs(real, 2).items()}
    found, wanted = half.run(real, inputs), Simulator(real).run(inputs)
    for name in real.outputs:
        assert np.abs(found[name] - wanted[name]).max() < 0.01
        assert np.array_equal(found[name].argmax(-1), wanted[name].argmax(-1))


def test_unknown_options_are_refused() -> None:
    for options in ({"shaves": 17}, {"slices": 3}):
        with pytest.raises(InputError):
            backend.check(small_int8(), TARGET.with_options(options))
