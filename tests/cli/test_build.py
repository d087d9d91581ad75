"""`edgekit build`, `verify` and `run` on a build folder, `quantize`, `train`, `targets`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgekit import api
from edgekit.arrays import load_arrays
from edgekit.frontend.tflite import load, save
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference import simulate
from tests.cli.conftest import Cli, small_graph


@pytest.fixture
def folder(cli: Cli, model: Path, tmp_path: Path) -> Path:
    """A build folder of the small model for the target `reference`."""
    assert cli("build", model, "--target", "reference", "--output", tmp_path / "build").code == 0
    return tmp_path / "build" / "model" / "reference"


@pytest.fixture
def golden(folder: Path) -> Path:
    return folder / "golden" / "inputs.npz"


def float_graph() -> Graph:
    rng = np.random.default_rng(2)
    graph = Graph("float")
    graph.add(Tensor("image", (1, 6, 6, 2), "float32"))
    graph.add(Tensor.constant("weights", rng.normal(size=(4, 3, 3, 2)).astype(np.float32)))
    graph.add(Tensor("features", (1, 6, 6, 4), "float32"))
    graph.nodes.append(Node(Conv2D(activation="relu"), ("image", "weights", None), ("features",)))
    graph.inputs, graph.outputs = ["image"], ["features"]
    graph.validate()
    return graph


def test_build_tells_what_it_did_and_the_second_time_that_nothing_is_to_do(
    cli: Cli, model: Path, tmp_path: Path
) -> None:
    call = ("build", model, "-t", "reference", "-t", "coral", "-o", tmp_path / "build")
    first = cli(*call, "--json")
    assert first.code == 0 and first.json["nothing_to_do"] is False
    assert set(first.json["targets"]) == {"reference", "coral"}
    manifest = first.json["targets"]["coral"]["manifest"]
    assert {proof["against"]: proof["status"] for proof in manifest["verified"]}["litert-reference"] == "exact"
    second = cli(*call)
    assert second.code == 0 and "nothing to do" in second.out
    assert str(tmp_path / "build" / "model" / "coral") in second.out
    if not manifest["compiled"]:
        assert "compiled  no. edgetpu_compiler is not on this machine" in second.out and "model.tflite`" in second.out


def test_the_source_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert api.default_recipe().name == "default.toml" and api.default_recipe().is_file()
    (tmp_path / "edgekit.toml").write_text('name = "mine"\n')
    assert api.default_recipe() == Path("edgekit.toml")


def test_build_errors(cli: Cli, model: Path, tmp_path: Path) -> None:
    assert cli("build", model, "-t", "abacus", "-o", tmp_path / "b").code == 2
    assert cli("build", tmp_path / "no.toml", "-o", tmp_path / "b").code == 3
    recipe = tmp_path / "bad.toml"
    recipe.write_text("[train]\nepoch = 3\n")
    bad = cli("build", recipe, "-o", tmp_path / "b")
    assert bad.code == 3 and "train.epoch" in bad.err


def test_verify_a_build_folder(cli: Cli, folder: Path) -> None:
    result = cli("verify", folder, "--json")
    assert result.code == 0 and result.json["exact"] is True
    assert [(c["name"], c["ok"]) for c in result.json["checks"]] == [("files", True), ("model", True), ("golden", True)]
    assert {r["against"] for r in result.json["runtimes"]} == {"litert-reference", "tflite-micro"}


def test_verify_finds_changed_files_models_and_golden_outputs(cli: Cli, folder: Path) -> None:
    def checks() -> dict[str, bool]:
        found = cli("verify", folder, "--against", "litert-reference", "--json")
        assert found.code == 1 and found.json["exact"] is False
        return {c["name"]: c["ok"] for c in found.json["checks"]}

    outputs = folder / "golden" / "outputs.npz"
    arrays = load_arrays(outputs)
    arrays["flat"][0, 0] ^= 1
    np.savez(outputs, **arrays)
    assert checks() == {"files": False, "model": True, "golden": False}
    graph = small_graph()
    weights = graph.tensors["weights"]
    assert weights.data is not None
    graph.tensors["weights"] = Tensor.constant("weights", weights.data[::-1], weights.quantization)
    save(graph, folder / "model.tflite")
    assert checks()["model"] is False


def test_a_manifest_is_not_trusted(cli: Cli, folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for text in (
        "{",
        "[" * 100_000,
        json.dumps({"files": {}}),
        json.dumps(manifest | {"files": {"../../secret": "0"}}),
        json.dumps(manifest | {"model": {"file": "/etc/passwd", "fingerprint": ""}}),
    ):
        path.write_text(text)
        result = cli("verify", folder)
        assert result.code == 3 and "Traceback" not in result.err
    path.unlink()
    assert "is no build folder" in cli("verify", folder).err


def test_a_folder_of_builds_says_which_to_give(cli: Cli, folder: Path) -> None:
    for above in (folder.parent, folder.parent.parent):
        assert f"next: give {folder}" in cli("verify", above).err


def test_an_absent_runtime_is_not_run_unless_asked_for(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgekit.errors import ToolError

    def absent(*arguments: object) -> None:
        raise ToolError("tflite-micro", "is not installed", "install it")

    monkeypatch.setattr("edgekit.runtimes.tflite_micro.version", absent)
    result = cli("verify", folder)
    assert result.code == 0 and "tflite-micro: NOT RUN: tflite-micro: is not installed" in result.out
    assert cli("verify", folder, "--against", "tflite-micro").code == 5
    monkeypatch.setattr("edgekit.runtimes.litert_reference.Session", absent)
    nothing = cli("verify", folder)
    assert nothing.code == 5 and "nothing is proven" in nothing.err


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is here")
def test_an_artifact_that_shows_its_layers_is_verified_too(
    cli: Cli, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("build", model, "--target", "host-c", "--output", tmp_path / "build").code == 0
    folder = tmp_path / "build" / "model" / "host-c"
    runtimes = {r["against"]: r for r in cli("verify", folder, "--json").json["runtimes"]}
    assert runtimes["host-c"]["exact"] is True and runtimes["host-c"]["layers"][0]["layer"] == "features"
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"compiled": False}))
    assert "host-c: NOT RUN: the artifact is not compiled" in cli("verify", folder).out


def test_run_says_on_what(cli: Cli, folder: Path, golden: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    result = cli("run", folder, "-i", golden, "-o", out, "--json")
    assert result.code == 0 and result.json["target"] == "reference" and "simulator" in result.json["vehicle"]
    np.testing.assert_array_equal(load_arrays(out)["flat"], load_arrays(folder / "golden" / "outputs.npz")["flat"])
    assert "run on" in cli("run", folder, "-i", golden, "-o", out).out
    assert cli("run", tmp_path, "-i", golden, "-o", out).code == 3


def test_quantize(cli: Cli, tmp_path: Path) -> None:
    source, samples, output = tmp_path / "float.tflite", tmp_path / "samples.npz", tmp_path / "int8.tflite"
    save(float_graph(), source)
    x = np.random.default_rng(3).normal(size=(20, 6, 6, 2)).astype(np.float32)
    np.savez(samples, image=x)
    result = cli("quantize", source, "-c", samples, "-o", output, "--method", "percentile", "--json")
    assert result.code == 0
    assert [(t["name"], t["dtype"]) for t in result.json["inputs"]] == [("image", "int8")]
    graph = load(output)
    real = simulate(float_graph(), {"image": x})["features"]
    integers = simulate(graph, {"image": x})["features"].astype(np.float32)
    step = float(graph.tensors["features"].scale)
    assert np.abs((integers - graph.tensors["features"].zero_point) * step - real).mean() < 2 * step
    assert "written to" in cli("quantize", source, "-c", samples, "-o", output).out
    assert cli("quantize", source, "-c", samples, "-o", output, "--method", "guess").code in (2, 3)
    assert cli("quantize", output, "-c", samples, "-o", output).code == 3


def test_targets(cli: Cli) -> None:
    result = cli("targets", "--json")
    names = [t["name"] for t in result.json["targets"]]
    assert result.code == 0 and {"coral", "reference"} <= set(names)
    listed = cli("targets").out
    assert all(name in listed for name in names)
    assert "tools" in cli("targets", "--verbose").out
    assert "| `conv_2d` |" in cli("targets", "--operators").out


def test_optimize(cli: Cli, model: Path, tmp_path: Path) -> None:
    refused = cli("build", model, "--target", "coral", "--optimize", "ram", "--output", tmp_path)
    assert refused.code == 2 and "coral has no such choice" in refused.err
    wrong = cli("build", model, "--target", "host-c", "--optimize", "beauty", "--output", tmp_path)
    assert wrong.code == 2 and "--optimize: is one of speed, ram, flash, found 'beauty'" in wrong.err
    for flags in (("--optimize", "beauty"), ("--ram-limit", -1)):
        assert cli("analyze", model, "--target", "host-c", *flags).code == 2
    untargeted = cli("analyze", model, "--optimize", "ram")
    assert untargeted.code == 2 and "add --target" in untargeted.err


def test_a_limit_on_ram_reaches_the_planner(cli: Cli, model: Path, tmp_path: Path) -> None:
    arena = cli("analyze", model, "--target", "qemu-m4", "--json").json["estimates"]["qemu-m4"]["arena_bytes"]
    assert cli("analyze", model, "--target", "qemu-m4", "--ram-limit", arena).code == 0
    refused = cli("build", model, "--target", "host-c", "--ram-limit", 1, "--output", tmp_path)
    assert refused.code == 4 and "ram_limit" in refused.err


def test_estimates(cli: Cli, model: Path) -> None:
    found = cli("analyze", model, "--target", "qemu-m4", "--json").json["estimates"]["qemu-m4"]
    assert found["total"] > 0 and found["arena_bytes"] > 0 and found["unit"] == "instructions"
    shown = cli("analyze", model, "--target", "qemu-m4").out
    assert "instructions, predicted" in shown and "exactly" in shown
    assert found["total_cycles"] == pytest.approx(sum(found["cycles"].values())) and "qemu-m4 cycles" in shown
    assert found["latency"] == {"ms": None, "by": "cycles"} and " ms at " not in shown
    unknown = cli("analyze", model, "--target", "pico").out
    assert "no estimate for ek_conv_2d on cortex-m0" in unknown


def test_latency(cli: Cli, model: Path) -> None:
    """By cycles; where there are none by instructions, and both lines say so."""
    for flags, total, by in (((), "total_cycles", "cycles"), (("--optimize", "flash"), "total", "instructions")):
        call = ("analyze", model, "--target", "nano33ble", *flags)
        found, shown = cli(*call, "--json").json["estimates"]["nano33ble"], cli(*call).out
        assert found["latency"] == {"ms": pytest.approx(found[total] / 64e3), "by": by}
        assert f"{found['latency']['ms']:.4g} ms at 64 MHz, by {'estimated ' * (by == 'cycles')}{by}" in shown
        assert ("cycles are not estimated on cortex-m4 at -Os" in shown) == (by == "instructions")


def test_analyze(cli: Cli, model: Path, tmp_path: Path) -> None:
    found = cli("analyze", model, "--target", "coral", "--json").json
    assert (found["macs"], found["parameters"], found["rejections"]) == (648, 76, {"coral": []})
    assert "648" in cli("analyze", model).out
    found = cli("analyze", model, "--target", "nano33ble", "--json").json
    planned = found["estimates"]["nano33ble"]
    assert [(n["memory"], n["needed"], n["limit"] > 100_000) for n in found["memory"]["nano33ble"]] == [
        ("flash", planned["constant_bytes"], True),
        ("ram", planned["arena_bytes"], True),
    ]
    assert planned["constant_bytes"] >= 72 + 4 * 4 and planned["arena_bytes"] >= 72 + 36
    assert f"at least {planned['arena_bytes']} B of" in cli("analyze", model, "--target", "nano33ble").out
    graph = small_graph()
    graph.nodes[0] = Node(Conv2D(dilation=(1, 2), stride=(2, 2), activation="relu"), *_ends(graph.nodes[0]))
    path = tmp_path / "uneven.tflite"
    save(graph, path)
    rejected = cli("analyze", path, "--target", "coral")
    assert rejected.code == 0 and "coral: rejects 1 layer" in rejected.out and "dilation" in rejected.out
    assert cli("analyze", model, "--target", "abacus").code == 2


def _ends(node: Node) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    return node.inputs, node.outputs


RECIPE = """
name = "tiny"
[data]
dataset = "digits"
limit = 200
[model]
network = "mlp"
[train]
epochs = 1
"""


def test_train_and_analyze_a_recipe(cli: Cli, tmp_path: Path) -> None:
    recipe = tmp_path / "edgekit.toml"
    recipe.write_text(RECIPE)
    untrained = cli("analyze", recipe, "--json").json
    trained = cli("train", recipe, "--output", tmp_path / "trained", "--json")
    assert trained.code == 0 and len(trained.json["history"]) == 1
    model = tmp_path / "trained" / "tiny.onnx"
    assert Path(trained.json["model"]) == model
    found = cli("analyze", model, "--json").json
    assert (found["macs"], found["parameters"]) == (untrained["macs"], untrained["parameters"])
    again = cli("train", recipe, "--output", tmp_path / "trained")
    assert again.code == 0 and "best epoch 0" in again.out
