"""Pruning: budgets are kept, channels rounded, checkpoints whole; what contradicts itself is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torch_pruning")

from edgekit import train  # noqa: E402
from edgekit.backends import Latency  # noqa: E402
from edgekit.crosstrain import channels, checkpoint, sparsity, wanted  # noqa: E402
from edgekit.crosstrain.budget import fewest  # noqa: E402
from edgekit.crosstrain.cost import cost_of, float_graph  # noqa: E402
from edgekit.crosstrain.stages import prune  # noqa: E402
from edgekit.crosstrain.step import Step  # noqa: E402
from edgekit.errors import InputError, UnsupportedError, UsageError  # noqa: E402
from edgekit.pipeline import crosstrain  # noqa: E402
from edgekit.recipe import Recipe  # noqa: E402
from edgekit.train.network import Signature, build  # noqa: E402
from edgekit.zoo.data import Data  # noqa: E402

Make = Callable[..., Recipe]
SMALL = {"filters": 8}


def with_prune(recipe: Recipe, targets: tuple[str, ...] = ("reference",), **section: Any) -> Recipe:
    """`recipe` with a section [prune] and targets."""
    values = {"epochs": 0, **section}
    return Recipe.model_validate({**recipe.model_dump(), "prune": values, "build": {"targets": targets}})


def step_of(recipe: Recipe, folder: Path) -> Step:
    """A step whose network is the untrained one of the recipe."""
    data: Data = train.load_data(recipe.data)
    signature = Signature.of(data, "classification")
    torch.manual_seed(0)
    network = build(recipe.model, signature)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim == 1:  # biases and norms as after a training: no two alike
                parameter.add_(torch.rand_like(parameter))
    about = {
        "network": recipe.model.network, "options": recipe.model.options, "task": "classification",
        "shape": list(signature.shape), "outputs": signature.outputs,
    }  # fmt: skip
    path = folder / "first.safetensors"
    checkpoint.save(path, network, about, ())
    return Step("prune", recipe, data, checkpoint.load(recipe, path), path, path, folder / "work")


def macs(step: Step, network: Any) -> int:
    return channels.counted(network, torch.zeros((1, *step.before.signature.shape)))[0]


@pytest.mark.parametrize("importance", ["magnitude", "bn-scale", "taylor"])
@pytest.mark.parametrize("scope", ["layer", "network"])
def test_half_of_the_macs_goes(importance: str, scope: str, recipe: Make, tmp_path: Path) -> None:
    made = with_prune(recipe("resnet8", SMALL), macs=0.5, importance=importance, scope=scope, multiple=2)
    step = step_of(made, tmp_path)
    found = prune.run(step)
    before, after = macs(step, step.before.network), macs(step, found.network)
    assert 0.4 * before < after <= 0.5 * before, "and not far below"
    widths = [m.out_channels for m in found.network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert all(width % 2 == 0 for width in widths)
    assert [m.out_features for m in found.network.modules() if isinstance(m, torch.nn.Linear)] == [4]


def test_costs_are_those_of_the_graph(recipe: Make, tmp_path: Path) -> None:
    step = step_of(with_prune(recipe("resnet8", SMALL), macs=0.6), tmp_path)
    found = prune.run(step)
    graph = float_graph(step.recipe, found.network, step.before.signature)
    macs_here, parameters = channels.counted(found.network, torch.zeros((1, *step.before.signature.shape)))
    assert (cost_of(graph).macs, cost_of(graph).parameters) == (macs_here, parameters)


def test_parameters_and_channels_that_stay(recipe: Make, tmp_path: Path) -> None:
    made = with_prune(recipe("lenet5"), parameters=0.5, keep=["3"], multiple=4)
    step = step_of(made, tmp_path)
    network = prune.run(step).network
    example = torch.zeros((1, *step.before.signature.shape))
    assert channels.counted(network, example)[1] <= 0.5 * channels.counted(step.before.network, example)[1]
    assert network.get_submodule("3").out_channels == step.before.network.get_submodule("3").out_channels
    changed = [m for m in network.modules() if isinstance(m, torch.nn.Linear)][:-1]
    assert all(layer.out_features % 4 == 0 for layer in changed)


def test_depthwise_and_residual_networks(recipe: Make, tmp_path: Path) -> None:
    for name, options in (("mobilenet_v2", {"width": 0.25}), ("dscnn", {"filters": 16, "blocks": 2})):
        step = step_of(with_prune(recipe(name, options), macs=0.7, multiple=4), tmp_path)
        found = prune.run(step)
        assert macs(step, found.network) <= 0.7 * macs(step, step.before.network)
        path = tmp_path / "pruned.safetensors"
        checkpoint.save(path, found.network, step.before.about, step.changes(found.change))
        x = torch.randn((3, *step.before.signature.shape))
        with torch.no_grad():
            assert torch.equal(found.network.eval()(x), checkpoint.load(step.recipe, path).network(x))


def test_a_pruned_checkpoint_is_the_same_network(recipe: Make, tmp_path: Path) -> None:
    made = with_prune(recipe("resnet8", SMALL, epochs=1), macs=0.5, epochs=1, steps=2)
    result = crosstrain(made, tmp_path / "build")
    assert [row.stage for row in result.rows] == ["train", "prune"]
    assert result.rows[1].macs <= 0.5 * result.rows[0].macs and result.rows[1].bytes < result.rows[0].bytes
    loaded = checkpoint.load(made, result.checkpoint)
    again = tmp_path / "again.safetensors"
    checkpoint.save(again, loaded.network, loaded.about, loaded.changes)
    assert again.read_bytes() == result.checkpoint.read_bytes()
    assert all(stage.cached for stage in crosstrain(made, tmp_path / "build").stages if stage.name != "data")


def test_it_fits_a_target(recipe: Make, tmp_path: Path) -> None:
    """Half of the instructions that the target estimates, channels in the multiples that it likes."""
    made = with_prune(recipe("mlp", {"hidden": [24, 16]}), fit="qemu-m4", instructions=0.5)
    step = step_of(made, tmp_path)
    found = prune.run(step)
    assert found.facts["multiple"] == 4 and "instructions" in found.text
    from edgekit.crosstrain.budget import ask, draft
    from edgekit.target import find_target

    target = find_target("qemu-m4")
    before, after = (
        ask(target, draft(made, step.data, network, step.before.signature))[1]
        for network in (step.before.network, found.network)
    )
    assert before is not None and before.total is not None and after is not None and after.total is not None
    assert 0 < after.total <= 0.5 * before.total


@pytest.mark.parametrize(("optimize", "by"), [("speed", "cycles"), ("flash", "instructions")])
def test_a_latency_is_kept(optimize: str, by: str, recipe: Make, tmp_path: Path) -> None:
    """By estimated cycles; where a target has none by instructions, and then the stage says so."""
    from edgekit.crosstrain.budget import ask, draft
    from edgekit.target import find_target

    options = {"optimize": optimize}
    base = recipe("mlp", {"hidden": [24, 16]})
    base = Recipe.model_validate({**base.model_dump(), "target": {"nano33ble": options}})
    target = find_target("nano33ble").with_options(options)

    def latency(step: Step, network: Any) -> Latency:
        estimate = ask(target, draft(base, step.data, network, step.before.signature))[1]
        assert estimate is not None and estimate.latency is not None
        return estimate.latency

    first = step_of(base, tmp_path)
    whole = latency(first, first.before.network)
    assert whole.by == by and whole.ms is not None
    budget = 0.6 * whole.ms
    found = prune.run(step_of(with_prune(base, fit="nano33ble", latency_ms=budget), tmp_path))
    left = latency(first, found.network)
    assert left.ms is not None and 0.3 * budget < left.ms <= budget
    assert str(left) in found.text and f"by {'estimated ' * (by == 'cycles')}{by}" in found.text
    with pytest.raises(UnsupportedError, match=rf"ms at 64 MHz, by .*{by}.*; the budget is 0\.0001 ms"):
        prune.run(step_of(with_prune(base, fit="nano33ble", latency_ms=1e-4), tmp_path))


def test_two_of_four_stays(recipe: Make, tmp_path: Path) -> None:
    made = with_prune(recipe("resnet8", SMALL), ("jetson-orin-nano", "coral"), sparsity="2:4", epochs=1)
    step = step_of(made, tmp_path)
    found = prune.run(step)
    for layer in found.network.modules():
        if isinstance(layer, torch.nn.Conv2d) and layer.in_channels % 4 == 0:
            quads = (layer.weight != 0).reshape(layer.out_channels, -1, 4, *layer.kernel_size)
            assert int(quads.sum(2).max()) <= 2, "tuning has left the zeros alone"
            assert int((layer.weight != 0).sum()) > 0
    assert "2:4" in found.text
    weight = torch.arange(1.0, 9.0).reshape(1, 8, 1, 1)
    assert sparsity.two_of_four(weight).flatten().tolist() == [True, True, False, False] * 2
    assert sparsity.smallest(weight, 0.25).flatten().tolist() == [True, True] + 6 * [False]


@pytest.mark.parametrize(
    ("section", "targets", "error", "says"),
    [
        ({}, (), UsageError, "no budget"),
        ({"macs": 0.5, "instructions": 5e6}, (), UsageError, "is missing"),
        ({"fit": "nano34"}, (), UsageError, "unknown"),
        ({"sparsity": "2:4"}, ("coral",), UsageError, "gains nothing"),
        ({"sparsity": "unstructured"}, ("qemu-m4", "jetson-orin-nano"), UsageError, "gain nothing"),
    ],
)
def test_contradictions_are_refused_before_training(
    section: dict[str, Any], targets: tuple[str, ...], error: type[Exception], says: str, recipe: Make
) -> None:
    with pytest.raises(error, match=says):
        prune.require(with_prune(recipe(), targets, **section))


@pytest.mark.parametrize(
    ("section", "error", "says"),
    [
        ({"macs": 0.01, "multiple": 4}, UnsupportedError, "does not keep the budgets"),
        ({"macs": 0.5, "importance": "bn-scale"}, UnsupportedError, "no channels that may go by bn-scale"),
        ({"macs": 0.5, "keep": ["nowhere"]}, InputError, "no layer 'nowhere'"),
        ({"fit": "coral", "instructions": 0.5}, UnsupportedError, "estimates no instructions"),
        ({"fit": "qemu-m4", "latency_ms": 5}, UnsupportedError, "states no clock_hz"),
    ],
)
def test_what_cannot_be_done_is_said(
    section: dict[str, Any], error: type[Exception], says: str, recipe: Make, tmp_path: Path
) -> None:
    with pytest.raises(error, match=says):
        network = "lenet5" if "fit" not in section else "mlp"
        prune.run(step_of(with_prune(recipe(network), **section), tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        {"sizes": {"0": {"in_channels": 1, "out_channels": -3, "groups": 1}}, "sparsity": "none"},
        {"sizes": {"0": {"in_channels": 1, "out_channels": 1 << 40, "groups": 1}}, "sparsity": "none"},
        {"sizes": {"0": {"out_channels": 3}}, "sparsity": "none"},
        {"sizes": {"99": {"in_features": 1, "out_features": 3}}, "sparsity": "none"},
        {"sizes": {"0": {"in_channels": 2, "out_channels": 4, "groups": 1}}, "sparsity": "none"},
        {"sizes": {}, "sparsity": "half"},
        {"sizes": {}},
        [],
    ],
)
def test_hostile_plans_are_one_clear_error(change: Any, recipe: Make, tmp_path: Path) -> None:
    step = step_of(recipe("lenet5"), tmp_path)
    path = tmp_path / "hostile.safetensors"
    checkpoint.save(path, step.before.network, step.before.about, ({"stage": "prune", "change": change},))
    with pytest.raises(InputError, match="its changes do not fit"):
        checkpoint.load(step.recipe, path)
    checkpoint.save(path, step.before.network, step.before.about, ({"stage": "nothing", "change": {}},))
    with pytest.raises(InputError, match="no stage makes"):
        checkpoint.load(step.recipe, path)


def test_bisection() -> None:
    for least in range(9):
        asked: list[int] = []

        def kept(n: int, least: int = least, asked: list[int] = asked) -> bool:
            asked.append(n)
            return n >= least

        assert fewest(8, kept) == least and len(asked) <= 5
    assert fewest(8, lambda n: False) is None


def test_stages_are_found_and_ordered(recipe: Make) -> None:
    made = Recipe.model_validate({**recipe().model_dump(), "prune": {"macs": 0.5}, "distill": {}})
    assert list(wanted(made))[:2] == ["prune", "distill"] and not wanted(recipe())
