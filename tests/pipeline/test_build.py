"""Builds: stages, cache, build folder, errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import arrays, files
from edgekit.errors import InputError, MachineError, UnsupportedError, UsageError, VerificationError
from edgekit.frontend.tflite import load, save
from edgekit.graph import Graph
from edgekit.pipeline import build, memory_of
from edgekit.pipeline.lock import lock
from edgekit.pipeline.memory import Memory, require_fit
from edgekit.recipe import Recipe
from edgekit.reference import simulate
from edgekit.target import Memory as TargetMemory
from edgekit.target import Target
from tests.backends.graphs import IMAGE, small_int8, two_rules_broken


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save(small_int8(), tmp_path / "small.tflite")
    return tmp_path / "small.tflite"


def test_an_int8_model_goes_straight_through(model: Path, tmp_path: Path) -> None:
    result = build(model, ["coral", "reference"], tmp_path / "build")
    assert set(result.targets) == {"coral", "reference"} and not result.nothing_to_do
    for name, target in result.targets.items():
        assert target.folder == tmp_path / "build" / "small" / name
        manifest = json.loads((target.folder / "manifest.json").read_text())
        assert manifest == target.manifest
        on_disk = {str(p.relative_to(target.folder)) for p in target.folder.rglob("*") if p.is_file()}
        assert on_disk == {*manifest["files"], "manifest.json"}
        assert all(files.sha256(target.folder / n) == h for n, h in manifest["files"].items())
        assert manifest["source"]["sha256"] == files.sha256(model)
        assert load(target.folder / "model.tflite").fingerprint() == small_int8().fingerprint()
        assert manifest["accuracy"] == {"status": "NOT RUN", "reason": "no labelled test data"}
        assert manifest["golden"] == {"samples": 16, "from": "random"}
        for proof in manifest["verified"]:
            assert proof["status"] == "exact" and proof["differing"] == 0
            assert proof["values"] == (16 + 8) * 400 and proof["layers"] == 2
        golden = {k: arrays.load_arrays(target.folder / "golden" / f"{k}.npz") for k in ("inputs", "outputs")}
        assert np.array_equal(simulate(small_int8(), golden["inputs"])["z"], golden["outputs"]["z"])
    assert result.targets["coral"].manifest["compiled"] is False
    assert any("compiled: no" in note for note in result.notes)


def test_a_second_build_does_nothing(model: Path, tmp_path: Path) -> None:
    first = build(model, ["coral"], tmp_path / "build").targets["coral"]
    before = {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")}
    second = build(model, ["coral"], tmp_path / "build")
    assert second.nothing_to_do and second.targets["coral"].manifest == first.manifest
    assert {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")} == before
    heavy = {"accuracy", "golden", "verify litert-reference", "verify tflite-micro", "compile"}
    assert {s.name for s in second.stages if s.cached} == heavy


@pytest.mark.parametrize("name", ["model.tflite", "golden/outputs.npz", "manifest.json", "report.html"])
def test_a_damaged_build_is_built_again(model: Path, tmp_path: Path, name: str) -> None:
    folder = build(model, ["coral"], tmp_path / "build").targets["coral"].folder
    good = (folder / name).read_bytes()
    (folder / name).write_bytes(b"{}")
    assert not build(model, ["coral"], tmp_path / "build").nothing_to_do
    assert (folder / name).read_bytes() == good


def test_a_damaged_cache_entry_is_made_again(model: Path, tmp_path: Path) -> None:
    build(model, ["coral"], tmp_path / "build")
    for path in (tmp_path / "build" / ".cache").rglob("*.json"):
        path.write_text("garbage")
    assert not any(s.cached for s in build(model, ["coral"], tmp_path / "build").stages if s.name != "compile")


def test_changed_inputs_and_options_build_again(model: Path, tmp_path: Path) -> None:
    first = build(model, ["coral"], tmp_path / "build").targets["coral"].manifest
    recipe = Recipe.model_validate(
        {"name": "small", "model": {"source": str(model)}, "target": {"coral": {"min_runtime_version": 13}}}
    )
    changed = build(recipe, ["coral"], tmp_path / "build")
    assert not changed.nothing_to_do
    assert "--min_runtime_version 13" in changed.targets["coral"].manifest["artifact"]["compile_command"]
    save(small_int8(seed=1), model)
    third = build(model, ["coral"], tmp_path / "build").targets["coral"].manifest
    assert len({first["key"], changed.targets["coral"].manifest["key"], third["key"]}) == 3


def test_builds_are_reproducible(model: Path, tmp_path: Path) -> None:
    one, two = (build(model, ["coral"], tmp_path / name).targets["coral"].manifest for name in ("a", "b"))
    assert one == two


def test_rejected_layers_are_all_named_and_nothing_is_written(tmp_path: Path) -> None:
    save(two_rules_broken(), tmp_path / "bad.tflite")
    with pytest.raises(UnsupportedError) as caught:
        build(tmp_path / "bad.tflite", ["coral"], tmp_path / "build")
    text = str(caught.value)
    assert "2 layers are rejected" in text and "layer y" in text and "layer z" in text
    assert not (tmp_path / "build" / "bad").exists()


def test_a_float_model_without_calibration_is_one_clear_error(tmp_path: Path) -> None:
    graph = float_graph()
    save(graph, tmp_path / "f.tflite")
    with pytest.raises(InputError, match=r"is a float model.*--calibration FILE\.npz"):
        build(tmp_path / "f.tflite", ["coral"], tmp_path / "build")


def test_bad_sources_and_targets(model: Path, tmp_path: Path) -> None:
    for source, error, text in (
        (tmp_path / "none.tflite", InputError, "does not exist"),
        (tmp_path / "model.h5", InputError, "neither a recipe nor a model"),
        (tmp_path, InputError, "neither a recipe nor a model"),
    ):
        with pytest.raises(error, match=text):
            build(source, ["coral"], tmp_path / "build")
    with pytest.raises(UsageError, match=r"known: .*coral"):
        build(model, ["corral"], tmp_path / "build")
    recipe = {"name": "x", "model": {"source": str(model)}}
    with pytest.raises(UsageError, match="corral"):
        build(Recipe.model_validate({**recipe, "target": {"corral": {}}}), ["coral"], tmp_path / "build")
    with pytest.raises(InputError, match="min_maped"):
        build(Recipe.model_validate({**recipe, "target": {"coral": {"min_maped": 1}}}), ["coral"], tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_differing_integers_fail_the_build(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgekit.runtimes import litert_reference

    original = litert_reference.Session.run

    def broken(self: Any, inputs: Any) -> Any:
        found = original(self, inputs)
        return {name: a ^ np.asarray(name == "z", a.dtype) for name, a in found.items()}

    monkeypatch.setattr(litert_reference.Session, "run", broken)
    with pytest.raises(VerificationError, match="first in layer z"):
        build(model, ["coral"], tmp_path / "build")
    assert not (tmp_path / "build" / "small").exists()


def test_an_absent_runtime_is_not_run(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    original = metadata.version

    def version(name: str) -> str:
        if name == "tflite-micro":
            raise metadata.PackageNotFoundError(name)
        return original(name)

    monkeypatch.setattr(metadata, "version", version)
    verified = build(model, ["coral"], tmp_path / "build").targets["coral"].manifest["verified"]
    assert [v["status"] for v in verified] == ["exact", "NOT RUN"]
    assert "not installed" in verified[1]["reason"]


def test_two_builds_in_one_folder(model: Path, tmp_path: Path) -> None:
    with lock(tmp_path / "build"), pytest.raises(MachineError, match=r"another build \(process \d+\)"):
        build(model, ["coral"], tmp_path / "build")
    build(model, ["coral"], tmp_path / "build")


def test_memory_is_the_peak_of_live_activations() -> None:
    memory = memory_of(small_int8())
    assert memory.weights == 8 * 27 + 8 * 4
    assert (memory.peak, memory.peak_layer) == (9 * 9 * 3 + 200, "y")


def test_a_target_too_small_is_named(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    text = 'title = "tiny"\nbackend = "reference"\nvehicle = "none"\n[memory]\n'
    (folder / "tiny.toml").write_text(text + "ram = 442\n")
    (folder / "tight.toml").write_text(text + "ram = 443\nflash = 247\n")
    monkeypatch.setenv("EDGEKIT_TARGETS", str(folder))
    with pytest.raises(UnsupportedError, match="RAM: the model needs at least 443 bytes, 442"):
        build(model, ["tiny"], tmp_path / "build")
    with pytest.raises(UnsupportedError, match="flash: the model needs at least 248 bytes, 247"):
        build(model, ["tight"], tmp_path / "build")


def test_what_the_planner_places_is_not_refused_by_a_coarse_bound() -> None:
    striped = Target(
        name="t", title="t", backend="c", vehicle="none", memory=TargetMemory(ram=1), options={"optimize": "ram"}
    )
    memory = Memory(weights=8, peak=2, peak_layer="y")
    require_fit(memory, striped)  # stripes hold less than whole activations
    with pytest.raises(UnsupportedError, match="RAM: the model needs at least 2 bytes, 1 are there"):
        require_fit(memory, striped.model_copy(update={"options": {}}))


def test_a_misspelled_target_or_objective_is_answered_with_the_right_ones(model: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"target qemu-m44: is unknown") as error:
        build(model, ["qemu-m44"], tmp_path / "build")
    assert error.value.fix.startswith("did you mean qemu-m4")
    with pytest.raises(UsageError, match="--optimize: is one of speed, ram, flash, found 'size'"):
        build(model, ["host-c"], tmp_path / "build", optimize="size")
    with pytest.raises(UsageError, match="--optimize: the target coral has no such choice"):
        build(model, ["coral"], tmp_path / "build", optimize="ram")


def test_a_recipe_around_a_model_needs_no_data_set(model: Path, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("[model]\nsource = 'small.tflite'\n[target.host-c]\noptimize = 'ram'\n")
    result = build(tmp_path / "r.toml", ["host-c"], tmp_path / "build")
    assert result.targets["host-c"].manifest["accuracy"]["status"] == "NOT RUN"


def test_a_float_model_is_quantized_with_a_calibration_set(tmp_path: Path) -> None:
    save(float_graph(), tmp_path / "f.tflite")
    x = np.random.default_rng(0).uniform(0, 1, (40, *IMAGE[1:])).astype(np.float32)
    arrays.save_arrays(tmp_path / "c.npz", {"x": x})
    result = build(tmp_path / "f.tflite", ["coral"], tmp_path / "build", calibration=tmp_path / "c.npz")
    manifest = result.targets["coral"].manifest
    assert manifest["golden"] == {"samples": 16, "from": "calibration data"}
    assert [v["status"] for v in manifest["verified"]] == ["exact", "exact"]
    assert "SQNR" in (result.targets["coral"].folder / "report.html").read_text()
    again = build(tmp_path / "f.tflite", ["coral"], tmp_path / "build", calibration=tmp_path / "c.npz")
    assert again.nothing_to_do and next(s for s in again.stages if s.name == "quantize").cached
    arrays.save_arrays(tmp_path / "c.npz", {"x": np.round(x * 255)})
    loud = build(tmp_path / "f.tflite", ["coral"], tmp_path / "build", calibration=tmp_path / "c.npz")
    assert not loud.nothing_to_do and any("255" in note for note in loud.notes)


def recipe_around_a_model(tmp_path: Path, max_drop: float) -> Recipe:
    """Labels are what the float model says, so that float accuracy is 1."""
    graph, rng = float_graph(), np.random.default_rng(0)
    save(graph, tmp_path / "f.tflite")
    x = rng.uniform(0, 1, (300, *IMAGE[1:])).astype(np.float32)
    y = simulate(graph, {"x": x})["z"].argmax(1) % 200
    arrays.save_arrays(tmp_path / "data.npz", {"x": x, "y": y})
    data = {"dataset": "npz", "path": str(tmp_path / "data.npz")}
    quantize = {"max_drop": max_drop, "samples": 8}
    return Recipe.model_validate(
        {"name": "r", "data": data, "model": {"source": str(tmp_path / "f.tflite")}, "quantize": quantize}
    )


def test_losing_too_much_fails_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match=r"at most 0\.0 points allowed, int8 loses \d"):
        build(recipe_around_a_model(tmp_path, 0.0), ["coral"], tmp_path / "build")
    assert not (tmp_path / "build" / "r").exists()
    accuracy = build(recipe_around_a_model(tmp_path, 100), ["coral"], tmp_path / "build").targets["coral"].manifest
    assert 0 < accuracy["accuracy"]["drop_points"] < 60 and accuracy["golden"]["from"] == "test data"


def test_max_drop_without_a_float_model_cannot_pass(model: Path, tmp_path: Path) -> None:
    recipe = {"name": "x", "model": {"source": str(model)}, "quantize": {"max_drop": 5}}
    with pytest.raises(VerificationError, match=r"max_drop.*needs a float model"):
        build(Recipe.model_validate(recipe), ["coral"], tmp_path / "build")


def test_a_recipe_is_trained_checked_and_built(tmp_path: Path) -> None:
    recipe = {
        "name": "tiny",
        "data": {"dataset": "digits", "limit": 400},
        "model": {"network": "mlp"},
        "train": {"epochs": 1},
        "quantize": {"samples": 32},
    }
    result = build(Recipe.model_validate(recipe), ["coral"], tmp_path / "build")
    names = [stage.name for stage in result.stages]
    assert names.index("check untrained") < names.index("train") < names.index("quantize") < names.index("compile")
    manifest = result.targets["coral"].manifest
    assert manifest["labels"] == [str(i) for i in range(10)] and manifest["accuracy"]["samples"] == 80
    assert (result.targets["coral"].folder / "labels.txt").read_text().split() == manifest["labels"]
    again = build(Recipe.model_validate(recipe), ["coral"], tmp_path / "build")
    assert again.nothing_to_do and next(s for s in again.stages if s.name == "train").cached


def float_graph() -> Graph:
    """The float form of `small_int8`."""
    graph = small_int8()
    rng = np.random.default_rng(0)
    for name, tensor in graph.tensors.items():
        data = rng.normal(0, 0.2, tensor.shape).astype(np.float32) if tensor.is_constant else None
        graph.tensors[name] = replace(tensor, dtype="float32", quantization=None, data=data)
    assert graph.tensors["x"].shape == IMAGE
    return graph


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('[quantize]\nmethod = "guess"', "no range method is named 'guess'"),
        ('[quantize]\ncalibration = "nowhere.npz"', "does not exist"),
        ('[build]\narithmetic = "guess"', "no arithmetic is named 'guess'"),
        ("[build]\ntargets = []", "none is named"),
    ],
)
def test_what_later_stages_refuse_is_refused_before_training(settings: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(f'name = "r"\n{settings}\n')
    with pytest.raises((InputError, UsageError), match=says):
        build(tmp_path / "r.toml", (), tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_unknown_keys_of_a_recipe_name_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("[train]\nepoch = 3\n")
    with pytest.raises(InputError, match=r"train\.epoch: there is no such key.*known keys: task, epochs"):
        build(tmp_path / "r.toml", ["reference"], tmp_path / "build")
