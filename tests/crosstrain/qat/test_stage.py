"""The stage `qat`: in a build, resumed, in two processes, refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")

from edgekit import frontend, train  # noqa: E402
from edgekit.crosstrain import checkpoint  # noqa: E402
from edgekit.crosstrain.stages import qat  # noqa: E402
from edgekit.crosstrain.step import Outcome, Step  # noqa: E402
from edgekit.errors import InputError, UsageError  # noqa: E402
from edgekit.recipe import QatSection, Recipe  # noqa: E402

Make = Callable[..., Recipe]


@pytest.fixture
def wanted(recipe: Make) -> Callable[..., Recipe]:
    def make(network: str = "resnet8", options: dict[str, Any] | None = None, **keys: Any) -> Recipe:
        section = QatSection.model_validate({"epochs": 2, **keys.pop("qat", {})})
        quantize = keys.pop("quantize", {})
        made = recipe(network, options or {"filters": 4}, **keys)
        changed = {"qat": section, "quantize": made.quantize.model_copy(update=quantize)}
        return made.model_copy(update=changed)

    return make


def step_of(recipe: Recipe, folder: Path, **keys: Any) -> Step:
    data = train.load_data(recipe.data)
    first = train.train(recipe.model_copy(update={"qat": None}), folder / "train", data=data).checkpoint
    loaded = checkpoint.load(recipe, first)
    return Step("qat", recipe, data, loaded, first, first, folder / "qat", **keys)


def test_the_checkpoint_holds_the_network_and_the_model_its_scales(wanted: Make, tmp_path: Path) -> None:
    recipe = wanted(epochs=6)
    step = step_of(recipe, tmp_path)
    outcome: Outcome = qat.run(step)
    assert outcome.facts["agreement"]["same"] == 1.0 and outcome.facts["agreement"]["largest"] == 0
    path = tmp_path / "network.safetensors"
    checkpoint.save(path, outcome.network, step.before.about, step.changes(outcome.change))
    again = checkpoint.load(recipe, path)
    x = torch.from_numpy(step.data.test_x).permute(0, 3, 1, 2)
    with torch.no_grad():
        assert torch.equal(again.network(x), outcome.network(x))
    models = []
    for name, network in (("a.onnx", outcome.network), ("b.onnx", again.network)):
        qat.export(network, recipe, step.before.signature, tmp_path / name)
        models.append((tmp_path / name).read_bytes())
    assert models[0] == models[1]
    graph = frontend.load(tmp_path / "a.onnx")
    for layer in outcome.facts["agreement"]["layers"]:
        tensor = graph.tensors[layer["tensor"]]
        assert (float(tensor.scale), tensor.zero_point) == (layer["scale"], layer["zero_point"])
    with pytest.raises(InputError, match="without fake quantization"):
        qat.export(step.before.network.layers, recipe, step.before.signature, tmp_path / "c.onnx")


def test_interrupted_it_goes_on_to_the_same_bits(wanted: Make, tmp_path: Path) -> None:
    recipe = wanted(qat={"epochs": 3, "freeze": 0.4})
    whole = qat.run(step_of(recipe, tmp_path / "whole")).network.state_dict()

    def interrupt(done: int, total: int, text: str) -> None:
        if "epoch 2" in text and done > 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        qat.run(step_of(recipe, tmp_path / "broken", progress=interrupt))
    seen: list[int] = []
    found = qat.run(step_of(recipe, tmp_path / "broken", progress=lambda done, *_: seen.append(done))).network
    assert min(n for n in seen if n) > 5  # the first epoch was not repeated
    for name, value in found.state_dict().items():
        assert torch.equal(value, whole[name]), name
    steps = [name for name in whole if name.endswith("log_step")]
    start = train.checkpoint.load_tensors(tmp_path / "whole" / "qat" / "tuning" / "start.safetensors")[0]
    assert steps and all(not torch.equal(whole[name], start[name]) for name in steps)


@pytest.mark.slow
def test_two_processes_share_statistics(wanted: Make, tmp_path: Path) -> None:
    recipe = wanted(epochs=6, devices=2, strategy="ddp", accelerator="cpu", qat={"epochs": 2, "ranges": "lsq"})
    step = step_of(recipe, tmp_path)
    outcome = qat.run(step)
    assert outcome.facts["agreement"]["same"] == 1.0
    x, y = torch.from_numpy(step.data.test_x).permute(0, 3, 1, 2), step.data.test_y
    with torch.no_grad():
        assert (outcome.network(x).argmax(1).numpy() == y).mean() >= 0.9


def test_an_autoencoder_with_moving_averages(wanted: Make, tmp_path: Path) -> None:
    options = {"hidden": [16], "latent": 4}
    step = step_of(wanted("autoencoder", options, normal=("0", "1"), qat={"ranges": "moving-average"}), tmp_path)
    outcome = qat.run(step)
    assert not outcome.facts["agreement"]["classes"] and outcome.facts["agreement"]["same"] == 1.0
    assert np.isfinite(outcome.facts["untuned_test"])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"quantize": {"max_drop": 0.3}}, r"\[quantize\] max_drop: does not go with"),
        ({"qat": {"epochs": 0}}, "at least 1"),
    ],
)
def test_contradictions_are_refused_before_the_training(wanted: Make, keys: dict[str, Any], message: str) -> None:
    recipe = wanted(**keys)
    assert qat.wanted(recipe)
    with pytest.raises(UsageError, match=message):
        qat.require(recipe)


def test_a_build_tells_the_agreement(wanted: Make, tmp_path: Path) -> None:
    import json

    from edgekit.pipeline import build

    made = wanted("lenet5", {"width": 0.5})
    made = made.model_copy(update={"build": made.build.model_copy(update={"targets": ("reference",), "golden": 2})})
    build(made, output=tmp_path / "build")
    folder = tmp_path / "build" / "corners" / "reference"
    stages = json.loads((folder / "manifest.json").read_text())["source"]["stages"]
    assert [row["stage"] for row in stages] == ["train", "qat"] and stages[1]["facts"]["agreement"]["largest"] == 0
    page = (folder / "report.html").read_text()
    assert "Quantization-aware training" in page and "rounded once" in page
