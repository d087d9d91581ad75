"""Linux boards: the model, its golden vectors and the board's script, proven against LiteRT here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgekit import built, target
from edgekit.backends import litert as backend
from edgekit.backends.litert import infer, options
from edgekit.errors import InputError, ToolError, UnsupportedError, UsageError
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.add import Add
from edgekit.pipeline import build
from edgekit.reference import Simulator
from edgekit.verification import random_inputs
from tests.backends.graphs import one_node, small_int8

TARGET = target.find_target("linux-x86")


def scaled(seed: int = 0) -> Graph:
    """A graph whose bias carries its scale: without, XNNPACK leaves the layer to another kernel."""
    graph = small_int8(seed)
    weights = graph.tensors["w"].quantization
    assert weights is not None
    scale = Quantization.per_channel(graph.tensors["x"].scale * weights.scale, 0)
    graph.tensors["b"] = graph.tensors["b"].with_(quantization=scale)
    return graph


def script(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "infer.py"), "--seconds", "0.01", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd="/")


def test_the_folder_proves_itself_on_the_board(tmp_path: Path) -> None:
    artifact = backend.compile(scaled(), TARGET, tmp_path)
    assert set(artifact.files) == {"model.tflite", "infer.py", "litert.json", "golden_litert.npz"}
    done = script(tmp_path, "--json", "--threads", "2")
    facts = json.loads(done.stdout)
    assert done.returncode == 0 and facts["differing"] == 0 and facts["golden_samples"] == 16
    assert facts["times"]["2"]["p50_ns"] > 0
    with np.load(tmp_path / "golden_litert.npz") as found:
        wrong = {n: found[n] for n in found.files}
    wrong["output:z"][3, 0, 7] ^= 1
    np.savez(tmp_path / "golden_litert.npz", **wrong)
    done = script(tmp_path, "--threads", "1")
    assert done.returncode == 1 and "1 integers differ" in done.stdout
    (tmp_path / "model.tflite").unlink()
    assert script(tmp_path).returncode == 2


def test_run_and_verify_are_exact_here(tmp_path: Path) -> None:
    graph = scaled()
    backend.compile(graph, TARGET, tmp_path, {"threads": 2})
    inputs = random_inputs(graph, 5)
    done = backend.run(tmp_path, inputs)
    assert np.array_equal(done.outputs["z"], Simulator(graph, "xnnpack").run(inputs)["z"])
    proof = backend.verify(tmp_path, inputs)
    assert proof.exact and [layer.op for layer in proof.layers] == ["conv_2d", "reshape", "model"]
    other = scaled(1)
    backend.compile(other, TARGET, tmp_path / "other")
    (tmp_path / "other" / "model.tflite").write_bytes((tmp_path / "model.tflite").read_bytes())
    assert script(tmp_path / "other", "--threads", "1").returncode == 1  # golden vectors of another model


@pytest.mark.parametrize(
    ("machine", "system", "board", "wanted"),
    [
        ("aarch64", "Linux", "Raspberry Pi 4 Model B Rev 1.4\0", None),
        ("arm64", "Darwin", "", "Darwin on aarch64"),
        ("x86_64", "Linux", "", "Linux on x86_64"),
        ("aarch64", "Linux", "Raspberry Pi 3 Model B", "Raspberry Pi 3 Model B"),
        ("aarch64", "Linux", None, "a machine without a device tree"),
    ],
)
def test_only_the_board_is_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, system: str, board: str | None, wanted: str | None
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr(options, "DEVICE_TREE", tmp_path / "model")
    if board is not None:
        (tmp_path / "model").write_text(board)
    chosen = options.options_of(target.find_target("raspberrypi4"))
    assert chosen.here() == wanted
    artifact = backend.compile(scaled(), target.find_target("raspberrypi4"), tmp_path / "b", {"threads": 1})
    done = backend.run(tmp_path / "b", random_inputs(scaled(), 1))
    assert done.on_target == (wanted is None)
    assert all("NOT RUN" in text and str(wanted) in text for text in (*artifact.notes, done.note) if text)
    assert bool(artifact.notes) == bool(done.note) == (wanted is not None)


def test_what_is_not_predicted_has_no_golden_vectors(tmp_path: Path) -> None:
    graph = one_node(Add(), [(1, 8), (1, 8)])
    graph.tensors["x1"] = graph.tensors["x1"].with_(quantization=Quantization.per_tensor(1e-5, 0))
    artifact = backend.compile(graph, TARGET, tmp_path)
    assert "golden_litert.npz" not in artifact.files and "not predicted" in artifact.notes[0]
    assert "NOT COMPARED" in script(tmp_path, "--threads", "1").stdout
    with pytest.raises(ToolError, match="not predicted"):
        backend.verify(tmp_path, random_inputs(graph, 1))
    with pytest.raises(UnsupportedError, match="bias b carries no scale"):
        Simulator(small_int8(), "xnnpack")


def test_bench_has_a_time_for_each_number_of_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "SECONDS", 0.01)
    backend.compile(scaled(), TARGET, tmp_path, {"threads": 3})
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    found = backend.bench(tmp_path)
    assert list(found["threads"]) == [1, 2, 3] and found["total"] == min(t["p50_ns"] for t in found["threads"].values())
    assert [infer.threads_up_to(n) for n in (1, 4, 6)] == [[1], [1, 2, 4], [1, 2, 4, 6]]


@pytest.mark.parametrize("model", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(shared: Path, tmp_path: Path, model: str) -> None:
    path = shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite"
    folder = build(path, ["linux-x86"], tmp_path).targets["linux-x86"].folder
    (on_litert, of_artifact) = json.loads((folder / "manifest.json").read_text())["verified"]
    assert on_litert["status"] == of_artifact["status"] == "exact" and of_artifact["vehicle"]
    assert built.verify_build(folder).exact


def test_mistakes_are_said(tmp_path: Path) -> None:
    floats: Graph = scaled()
    floats.tensors = {
        n: t if t.is_constant else t.with_(dtype="float32", quantization=None) for n, t in floats.tensors.items()
    }
    with pytest.raises(UnsupportedError, match="float"):
        backend.compile(floats, TARGET, tmp_path)
    with pytest.raises(InputError, match="thread"):
        backend.check(scaled(), TARGET.with_options({"thread": 4}))
    with pytest.raises(UsageError, match="--port"):
        backend.run(tmp_path, {}, "/dev/ttyACM0")
    with pytest.raises(InputError, match="holds no LiteRT build"):
        backend.run(tmp_path / "nothing", {})
