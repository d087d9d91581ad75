"""Training under the noise of crossbars: the noise is what it is said to be, and what is kept is without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from edgekit.crosstrain import analog_noise, checkpoint, wanted
from edgekit.crosstrain.stages import analog
from edgekit.crosstrain.step import Step
from edgekit.errors import UnsupportedError, UsageError
from edgekit.recipe import AnalogSection, Recipe
from edgekit.train import build_network, load_data
from edgekit.train.tuning import Criterion


def section(**settings: Any) -> AnalogSection:
    return AnalogSection(**{"weight_noise": 0.0, "bits": 0, "clip": 0.0, **settings})


def forward(layer: nn.Module, **settings: Any) -> Any:
    analog_noise.NoisyLoss(nn.Sequential(layer), section(**settings), Criterion())
    return layer


def test_weights_get_noise_of_each_channels_largest() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(2, 2, bias=False)
    layer.weight.data = torch.tensor([[1.0, -4.0], [0.5, 0.25]])
    noisy, one = forward(layer, weight_noise=0.1), torch.tensor([[1.0, 0.0]])
    drawn = torch.stack([noisy(one)[0] for _ in range(20000)]).detach()
    assert torch.allclose(drawn.mean(0), torch.tensor([1.0, 0.5]), atol=0.02)
    assert torch.allclose(drawn.std(0), torch.tensor([0.4, 0.05]), rtol=0.03)
    noisy(one).sum().backward()
    assert torch.equal(layer.weight.grad, torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
    assert torch.equal(layer.weight, torch.tensor([[1.0, -4.0], [0.5, 0.25]]))


def test_without_noise_layers_are_as_they_were() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 7, 7)
    for layer in (nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(3, 4, (1, 5), dilation=1, padding="same", bias=False)):
        clean = layer(x)
        assert torch.allclose(forward(layer)(x), clean, atol=1e-5)
        analog_noise.NoisyLoss(nn.Sequential(layer), section(output_noise=0.1), Criterion())
        gap = float(((layer(x) - clean).std() / clean.abs().max()).detach())
        assert 0.07 < gap < 0.13


def test_converters_have_that_many_levels_and_pass_gradients() -> None:
    x = torch.linspace(-2, 1, 1001, requires_grad=True)
    found = analog_noise.converted(x, 3)
    gap = float((found - x).detach().abs().max())
    assert len(found.unique()) == 6 and float(found.detach().min()) == -2 and gap <= 1 / 3 + 1e-6
    found.sum().backward()
    assert torch.equal(x.grad, torch.ones(1001))
    assert analog_noise.converted(x, 0) is x and float(analog_noise.converted(torch.zeros(3), 8).abs().max()) == 0


def test_weights_are_clipped_per_channel() -> None:
    layer = nn.Conv2d(1, 2, 4, bias=False)
    with torch.no_grad():
        layer.weight.fill_(0.1)
        layer.weight[0, 0, 0, 0] = 5.0
    before = layer.weight.detach().clone()
    analog_noise.clip([layer], 0.0)
    assert torch.equal(layer.weight, before)
    analog_noise.clip([layer], 2.0)
    limit = 2 * float(before[0].square().mean().sqrt())
    assert float(layer.weight[0].abs().max()) == pytest.approx(limit) and torch.equal(layer.weight[1], before[1])


def test_depthwise_layers_stay_digital_unless_asked() -> None:
    network = nn.Sequential(nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 8, 1), nn.Flatten(), nn.Linear(8, 2))
    assert len(analog_noise.layers_of(network, False)) == 2 and len(analog_noise.layers_of(network, True)) == 3
    with pytest.raises(UnsupportedError, match="no convolution or linear"):
        analog_noise.layers_of(nn.ReLU(), False)


def test_the_stage_is_asked_for_and_checked() -> None:
    assert "analog" not in wanted(Recipe()) and "analog" in wanted(Recipe(analog=AnalogSection()))
    with pytest.raises(UsageError, match="epochs"):
        analog.require(Recipe(analog=AnalogSection(epochs=0)))
    with pytest.raises(UsageError, match="neither noise nor converters"):
        analog.require(Recipe(analog=AnalogSection(weight_noise=0.0, bits=0)))


def test_the_stage_trains_under_noise(tmp_path: Path) -> None:
    text = {
        "data": {"limit": 300}, "model": {"network": "mlp"}, "train": {"threads": 1},
        "analog": {"epochs": 1, "weight_noise": 0.1, "clip": 2.0},
    }  # fmt: skip
    recipe = Recipe.model_validate(text)
    data, start = load_data(recipe.data), tmp_path / "start.safetensors"
    about = {"network": "mlp", "options": {}, "task": "classification", "shape": [28, 28, 1], "outputs": 10,
             "classes": list(data.classes), "preprocessing": data.preprocessing}  # fmt: skip
    network = build_network(recipe.model, data)
    checkpoint.save(start, network, about, ())
    found = []
    for name in ("a", "b"):
        before = checkpoint.load(recipe, start)
        found.append(analog.run(Step("analog", recipe, data, before, start, start, tmp_path / name)))
    assert "10.0%" in found[0].text and found[0].change is None
    weights = [outcome.network.state_dict() for outcome in found]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert any(not torch.equal(weights[0][name], value) for name, value in network.state_dict().items())
    for layer in analog_noise.layers_of(found[0].network, False):
        rms = layer.weight.square().mean(1).sqrt()
        assert (layer.weight.abs().amax(1) <= 2.3 * rms).all()  # clipping makes the deviation itself a little smaller
    x = torch.zeros(1, 1, 28, 28)
    assert torch.equal(found[0].network(x), found[0].network(x))  # and it is without noise again
