"""The stages in a build: order, cache, manifest, the verb, and what is refused before anything is trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("torch_pruning")

from edgekit.crosstrain.stages import prune
from edgekit.errors import InputError, UsageError, VerificationError
from edgekit.pipeline import build, crosstrain
from edgekit.recipe import Recipe, load_recipe
from tests.cli.conftest import Cli

TINY: dict[str, Any] = {
    "name": "tiny",
    "data": {"dataset": "digits", "limit": 400},
    "model": {"network": "mlp", "options": {"hidden": [24]}},
    "train": {"epochs": 1, "threads": 1},
    "prune": {"parameters": 0.5, "epochs": 1},
    "distill": {"teacher": "self", "epochs": 2},
    "quantize": {"samples": 16},
    "build": {"targets": ["reference"]},
}
TEXT = """
name = "tiny"
[data]
limit = 400
[model]
network = "mlp"
options = { hidden = [24] }
[train]
epochs = 1
threads = 1
[prune]
parameters = 0.5
epochs = 1
[distill]
epochs = 2
[build]
targets = ["reference"]
"""


def test_a_build_runs_the_stages_by_itself(tmp_path: Path) -> None:
    made = Recipe.model_validate(TINY)
    result = build(made, output=tmp_path / "build")
    names = [stage.name for stage in result.stages]
    assert names.index("train") < names.index("prune") < names.index("distill") < names.index("quantize")
    manifest = result.targets["reference"].manifest
    rows = manifest["source"]["stages"]
    assert [row["stage"] for row in rows] == ["train", "prune", "distill"]
    assert rows[2]["parameters"] == rows[1]["parameters"] <= 0.5 * rows[0]["parameters"] + 10
    assert manifest["model"]["parameters"] == rows[2]["parameters"], "what is built is what came out of the stages"
    assert abs(manifest["accuracy"]["float"] - rows[2]["score"]) < 1e-6
    for stage in result.stages:
        if stage.name in ("train", "prune", "distill"):
            assert "on the test part" in stage.text and "bytes in int8" in stage.text
    assert build(made, output=tmp_path / "build").nothing_to_do
    changed = Recipe.model_validate({**TINY, "distill": {"epochs": 1}})
    assert prune.parts(changed) != prune.parts(made), "pruning is tuned by the same teacher: its section counts"


def test_the_verb(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TEXT)
    done = cli("crosstrain", path, "--output", tmp_path / "b", "--json")
    assert done.code == 0, done
    found = json.loads(done.out)
    folder = tmp_path / "b" / "tiny" / "crosstrain"
    assert [row["stage"] for row in found["rows"]] == ["train", "prune", "distill"]
    assert {p.name for p in folder.iterdir()} == {"tiny.onnx", "tiny.safetensors", "stages.json"}
    assert json.loads((folder / "stages.json").read_text()) == found["rows"]


def test_a_teacher_in_the_first_training(tmp_path: Path) -> None:
    distill = {"when": "training", "teacher": "mlp", "options": {"hidden": [40]}, "teacher_epochs": 1}
    made = Recipe.model_validate({**TINY, "prune": None, "distill": distill})
    found = crosstrain(made, tmp_path / "build")
    assert [row.stage for row in found.rows] == ["train"]
    trainings = list((tmp_path / "build" / ".cache" / "training").iterdir())
    assert len([f for f in trainings if (f / "best.safetensors").exists()]) == 2, "the teacher's and the network's"
    wrong = {**TINY, "distill": {"when": "training", "teacher": "self"}}
    with pytest.raises(InputError, match="cannot teach its own first training"):
        crosstrain(Recipe.model_validate(wrong), tmp_path / "build")


def test_limits(tmp_path: Path) -> None:
    made = Recipe.model_validate({**TINY, "train": {**TINY["train"], "min_accuracy": 1.0}})
    with pytest.raises(VerificationError, match="min_accuracy"):
        crosstrain(made, tmp_path / "build")
    with pytest.raises(UsageError, match="epochs"):
        crosstrain(Recipe.model_validate({**TINY, "distill": {"epochs": 0}}), tmp_path / "build")
    with pytest.raises(UsageError, match="found a model file"):
        crosstrain(Recipe.model_validate({"model": {"source": tmp_path / "m.onnx"}}), tmp_path / "build")


def test_a_teachers_file_lies_beside_the_recipe(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('[distill]\nteacher = "big.onnx"\n')
    found = load_recipe(path).distill
    assert found is not None and found.teacher == str(tmp_path / "big.onnx")
