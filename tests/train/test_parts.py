"""Schedules, augmentations, networks by name, optimizer state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.recipe import ModelSection, TrainSection
from edgekit.train.schedule import learning_rate

torch = pytest.importorskip("torch", reason="needs the extra train")


def rates(**keys: Any) -> list[float]:
    section = TrainSection.model_validate({"epochs": 10, "learning_rate": 1.0, **keys})
    return [learning_rate(section, step, 10) for step in range(100)]


def test_schedules() -> None:
    assert rates(schedule="constant") == [1.0] * 100
    assert rates(schedule="step", step_epochs=4, step_factor=0.5) == [1.0] * 40 + [0.5] * 40 + [0.25] * 20
    cosine = rates(schedule="cosine")
    assert cosine[0] == 1.0 and cosine[50] == pytest.approx(0.5) and 0 < cosine[99] < 1e-3
    assert cosine == sorted(cosine, reverse=True)
    cycle = rates(schedule="onecycle")
    assert cycle[0] == pytest.approx(1 / 25) and max(cycle) == cycle[30] == 1.0 and cycle[99] < 2e-3
    assert cycle[:31] == sorted(cycle[:31]) and cycle[30:] == sorted(cycle[30:], reverse=True)


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "onecycle"])
def test_warmup_rises_to_the_schedule(schedule: str) -> None:
    warm = rates(schedule=schedule, warmup_epochs=2.0)
    assert warm[:20] == pytest.approx([(n + 1) / 21 for n in range(20)])
    assert warm[20] == pytest.approx(1 / 25 if schedule == "onecycle" else 1.0)


IMAGES = tuple(name for name in plugins.names("edgekit.train.augment") if name not in ("noise", "gain"))


def applied(name: str, x: Any, seed: int = 0, **options: Any) -> Any:
    from edgekit.train.augment import pipeline

    section = TrainSection(augment=(name,), augment_options={name: options} if options else {})
    return pipeline(section, tuple(x.shape[1:]))(x, np.random.default_rng(seed))


@pytest.mark.parametrize("name", plugins.names("edgekit.train.augment"))
def test_augmentation_is_seeded_and_changes_samples(name: str) -> None:
    x = torch.from_numpy(np.random.default_rng(1).random((16, 2, 12, 9), dtype=np.float32))
    once, again, other = applied(name, x), applied(name, x), applied(name, x, seed=1)
    assert torch.equal(once, again) and not torch.equal(once, other) and not torch.equal(once, x)
    assert once.shape == x.shape and once.dtype == x.dtype and torch.isfinite(once).all()


def test_shift_moves_whole_pixels_and_fills_zeros() -> None:
    x = torch.zeros(512, 1, 9, 9)
    x[:, 0, 4, 4] = 1
    where = applied("shift", x, pixels=2)[:, 0].nonzero()
    assert len(where) == 512, "no pixel is lost inside the margin"
    offsets = where[:, 1:] - 4
    assert offsets.abs().max() == 2 and len(offsets.unique(dim=0)) == 25
    edge = torch.ones(64, 1, 4, 4)
    assert applied("shift", edge, pixels=1).sum((1, 2, 3)).unique().tolist() == [9.0, 12.0, 16.0]


def test_rotation_keeps_the_centre_and_respects_the_aspect() -> None:
    x = torch.zeros(8, 1, 21, 41)
    x[:, 0, 10, 30] = 1  # 10 right of the centre
    turned = applied("rotate", x, degrees=90.0)[:, 0]
    for image in turned:
        mass = image.sum()
        if mass > 0.5:
            rows, columns = torch.meshgrid(torch.arange(21.0), torch.arange(41.0), indexing="ij")
            row, column = (image * rows).sum() / mass - 10, (image * columns).sum() / mass - 20
            assert float(torch.hypot(row, column)) == pytest.approx(10, abs=0.6)


def test_flip_mirrors_or_leaves() -> None:
    x = torch.rand(32, 1, 3, 5)
    found = applied("flip", x)
    mirrored = [bool(torch.equal(a, b.flip(2))) for a, b in zip(found, x, strict=True)]
    same = [bool(torch.equal(a, b)) for a, b in zip(found, x, strict=True)]
    assert all(a != b for a, b in zip(mirrored, same, strict=True)) and 4 < sum(mirrored) < 28


def test_time_shift_repeats_the_edge() -> None:
    x = torch.arange(10.0).reshape(1, 1, 10, 1).repeat(32, 1, 1, 3)
    for sample in applied("time_shift", x, steps=3)[:, 0, :, 0]:
        steps = sample.diff()
        assert set(steps.tolist()) <= {0.0, 1.0} and (steps == 0).sum() <= 3


def test_cutout_blanks_one_square() -> None:
    holes = (applied("cutout", torch.ones(64, 2, 20, 20), pixels=4) == 0)[:, 0]
    assert holes.sum((1, 2)).max() == 16 and holes.any((1, 2)).all()


@pytest.mark.parametrize(
    ("keys", "match"),
    [
        ({"augment": ("blur",)}, "no augmentation 'blur'.*cutout"),
        ({"augment": ("shift",), "augment_options": {"shift": {"pixel": 2}}}, "no option 'pixel'"),
        ({"augment": (), "augment_options": {"shift": {"pixels": 2}}}, "not named in"),
        ({"augment": ("shift",), "augment_options": {"shift": {"pixels": "two"}}}, "fails on samples"),
    ],
)
def test_wrong_augmentation_is_one_clear_error(keys: dict[str, Any], match: str) -> None:
    from edgekit.train.augment import pipeline

    with pytest.raises(InputError, match=match):
        pipeline(TrainSection.model_validate(keys), (1, 8, 8))


@pytest.mark.parametrize("name", IMAGES)
def test_image_augmentation_on_vectors_is_one_clear_error(name: str) -> None:
    from edgekit.train.augment import pipeline

    with pytest.raises(InputError, match=f"augment {name}: fails on samples of shape"):
        pipeline(TrainSection(augment=(name,)), (16,))


USER = """
import torch
def good(input_shape, classes, *, units=4):
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(units), torch.nn.Linear(units, classes))
def broken(input_shape, classes):
    raise ZeroDivisionError("by design")
def thing(input_shape, classes):
    return "network"
def narrow(input_shape, classes):
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(classes - 1))
number = 3
class Holder:
    make = staticmethod(good)
"""


@pytest.fixture
def user_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "edgekit_test_user_net.py").write_text(USER)
    monkeypatch.chdir(tmp_path)
    return "edgekit_test_user_net"


def built(name: str, **options: Any) -> Any:
    from edgekit.train.network import Signature, build

    return build(ModelSection(network=name, options=options), Signature("classification", (1, 8, 8), 5))


@pytest.mark.parametrize("factory", ["good", "Holder.make"])
def test_users_own_factory(user_module: str, factory: str) -> None:
    assert built(f"{user_module}:{factory}", units=7)(torch.zeros(3, 1, 8, 8)).shape == (3, 5)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("USER:broken", "fails for samples of shape .* ZeroDivisionError: by design"),
        ("USER:thing", r"must return a torch.nn.Module, found str"),
        ("USER:narrow", r"must give an output of \(2, 5\), found \(2, 4\)"),
        ("USER:number", "must be callable, found int"),
        ("USER:absent", "has no 'absent'"),
        ("edgekit_no_such_module:f", "cannot be imported: ModuleNotFoundError"),
        ("resnet9000", "is not in the zoo .*resnet8"),
        ("_layers", "is not in the zoo"),
        ("lenet5", "needs at least 12x12, found 8x8"),
    ],
)
def test_unfit_network_is_one_clear_error(user_module: str, name: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        built(name.replace("USER", user_module))


def test_wrong_options_name_the_right_ones() -> None:
    with pytest.raises(InputError, match=r"'layers'.*hidden = \(128, 64\)"):
        built("mlp", layers=3)
    with pytest.raises(InputError, match="fails for samples"):
        built("mlp", hidden="wide")
    with pytest.raises(InputError, match="relu or relu6, found 'gelu'"):
        built("mlp", relu="gelu")


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW"])
def test_optimizer_state_survives_flattening(kind: str) -> None:
    import json

    from edgekit.train import checkpoint

    def make() -> tuple[Any, Any]:
        torch.manual_seed(0)
        network = torch.nn.Linear(3, 2)
        extra = {"momentum": 0.9} if kind == "SGD" else {}
        return network, getattr(torch.optim, kind)(network.parameters(), lr=0.1, **extra)

    def step(network: Any, optimizer: Any) -> None:
        optimizer.zero_grad()
        network(torch.ones(4, 3)).square().sum().backward()
        optimizer.step()

    network, optimizer = make()
    step(network, optimizer)
    tensors, about = checkpoint.flatten_optimizer(optimizer)
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}  # the originals live on in the optimizer
    assert tensors and all(name.startswith("optimizer.") for name in tensors)
    other, restored = make()
    other.load_state_dict(network.state_dict())
    checkpoint.unflatten_optimizer(restored, tensors, json.loads(json.dumps(about)))
    step(network, optimizer)
    step(other, restored)
    assert torch.equal(network.weight, other.weight) and torch.equal(network.bias, other.bias)
