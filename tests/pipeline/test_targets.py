"""Targets of a build: which, with what options, and whether a model fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.errors import UnsupportedError, UsageError
from edgekit.frontend.tflite import save
from edgekit.pipeline import build
from edgekit.pipeline.memory import Memory, require_fit
from edgekit.target import Memory as TargetMemory
from edgekit.target import Target
from tests.backends.graphs import small_int8


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save(small_int8(), tmp_path / "small.tflite")
    return tmp_path / "small.tflite"


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


def test_a_recipe_around_a_model_needs_no_data_set(model: Path, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("[model]\nsource = 'small.tflite'\n[target.host-c]\noptimize = 'ram'\n")
    result = build(tmp_path / "r.toml", ["host-c"], tmp_path / "build")
    assert result.targets["host-c"].manifest["accuracy"]["status"] == "NOT RUN"
