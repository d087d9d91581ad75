"""Distillation: its loss, its teachers, and that it goes on where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from edgekit import train  # noqa: E402
from edgekit.crosstrain import checkpoint, teachers  # noqa: E402
from edgekit.crosstrain.distillation import Distillation  # noqa: E402
from edgekit.crosstrain.stages import distill, prune  # noqa: E402
from edgekit.crosstrain.step import Step  # noqa: E402
from edgekit.errors import InputError  # noqa: E402
from edgekit.recipe import DistillSection, Recipe  # noqa: E402
from edgekit.train import evaluate  # noqa: E402
from edgekit.train.network import Signature, build  # noqa: E402
from tests.crosstrain.test_prune import step_of  # noqa: E402

Make = Callable[..., Recipe]
WIDE = {"hidden": [32, 16]}


def taught(recipe: Recipe, **section: Any) -> Recipe:
    return Recipe.model_validate({**recipe.model_dump(), "distill": {"epochs": 2, **section}})


class Told:
    """A teacher that answers what the test says."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def outputs(self, x: Any, layers: list[str]) -> Any:
        return self.answer.expand(len(x), -1), [self.answer.expand(len(x), -1) for _ in layers]


def criterion_of(made: Recipe, teacher: Any, task: str = "classification", **section: Any) -> tuple[Any, Any, Any]:
    data = train.load_data(made.data)
    torch.manual_seed(0)
    network = build(made.model, Signature.of(data, task))
    return Distillation(network, data, DistillSection(**section), task, teacher, True), network, data


def test_the_soft_loss_is_that_of_the_paper(recipe: Make) -> None:
    answer = torch.tensor([[2.0, 0.0, -1.0, 0.5]])
    criterion, network, data = criterion_of(recipe("mlp"), Told(answer), temperature=3.0, alpha=0.25)
    x, y = evaluate.tensor(data.train_x[:5]), torch.from_numpy(data.train_y[:5])
    plain = partial(evaluate.loss_of, "classification")
    found = float(criterion(network, x, y, torch.arange(5), plain))
    z = network(x).detach().numpy().astype(np.float64)
    soften = lambda v: np.exp(v / 3) / np.exp(v / 3).sum(-1, keepdims=True)  # noqa: E731
    p, q = soften(answer.numpy().astype(np.float64)), soften(z)
    hard = -np.log(np.exp(z)[np.arange(5), y.numpy()] / np.exp(z).sum(1)).mean()
    wanted = 0.25 * 9 * (p * np.log(p / q)).sum(1).mean() + 0.75 * hard
    assert found == pytest.approx(wanted, rel=1e-5)


def test_values_and_hints(recipe: Make) -> None:
    hinted: dict[str, Any] = {"hints": [("1", "any")], "alpha": 1.0, "hint_weight": 2.0}
    criterion, network, data = criterion_of(recipe("mlp", WIDE), Told(torch.ones(1, 4)), **hinted)
    assert [tuple(p.shape) for p in criterion.parameters()] == [(4, 32), (4,)], "a regressor from our layer to theirs"
    x, y = evaluate.tensor(data.train_x[:5]), torch.from_numpy(data.train_y[:5])
    loss = criterion(network, x, y, torch.arange(5), partial(evaluate.loss_of, "classification"))
    loss.backward()
    assert all(p.grad is not None for p in criterion.parameters())
    with pytest.raises(InputError, match="no layer 'nine'"):
        criterion_of(recipe("mlp"), Told(torch.ones(1, 4)), hints=[("nine", "any")])
    with pytest.raises(InputError, match="must give 4 outputs, found 3"):
        criterion_of(recipe("mlp"), Told(torch.ones(1, 3)))


def test_an_autoencoder_learns_the_teachers_outputs(recipe: Make) -> None:
    made = recipe("autoencoder", {"hidden": [16], "latent": 4}, normal=["0"])
    data = train.load_data(made.data)
    width = int(np.prod(data.sample_shape))
    criterion, network, _ = criterion_of(made, Told(torch.zeros(1, width)), "reconstruction", alpha=1.0)
    x, y = evaluate.tensor(data.train_x[:3]), torch.from_numpy(data.train_y[:3])
    found = criterion(network, x, y, torch.arange(3), partial(evaluate.loss_of, "reconstruction"))
    assert float(found) == pytest.approx(float(network(x).square().mean()), rel=1e-5)


def test_an_onnx_teacher_is_the_network_that_it_was_made_of(recipe: Make, tmp_path: Path) -> None:
    """Softmax is taken back, the batch of 1 is fed sample by sample, NCHW; and a hint is a tensor of the file."""
    import onnx

    step = step_of(recipe("lenet5"), tmp_path)
    path, network = tmp_path / "teacher.onnx", step.before.network
    from edgekit.train import export

    export.write(step.recipe, network, step.before.signature, path)
    inner = next(node.output[0] for node in onnx.load(path).graph.node if node.op_type == "Relu")
    teacher = teachers.OnnxTeacher(path, step.before.signature.shape, [inner])
    x = torch.randn((3, *step.before.signature.shape))
    found, (hint,) = teacher.outputs(x, [inner])
    with torch.no_grad():
        assert torch.allclose(found, torch.log_softmax(network(x), 1), atol=1e-4)
        assert torch.allclose(hint, network[1](network[0](x)), atol=1e-4)
    with pytest.raises(InputError, match="must have one input"):
        teachers.OnnxTeacher(path, (1, 5, 5), [])
    with pytest.raises(InputError, match="no tensor 'nowhere'"):
        teachers.OnnxTeacher(path, step.before.signature.shape, ["nowhere"])
    path.write_bytes(b"no model")
    with pytest.raises(InputError, match="onnxruntime cannot run it"):
        teachers.OnnxTeacher(path, step.before.signature.shape, [])
    with pytest.raises(InputError, match="does not exist"):
        chosen = taught(step.recipe, teacher=str(tmp_path / "none.onnx"))
        teachers.teaching(chosen, step.data, None, tmp_path)


def test_a_zoo_teacher_is_trained_once(recipe: Make, tmp_path: Path) -> None:
    made = taught(recipe("mlp", epochs=1), teacher="mlp", options=WIDE, teacher_epochs=2)
    step = step_of(made, tmp_path)
    first = teachers.teaching(made, step.data, None, tmp_path / "teachers")
    assert first is not None and len(list((tmp_path / "teachers").iterdir())) == 1
    again = teachers.teaching(made, step.data, None, tmp_path / "teachers")
    assert again is not None and again.identity == first.identity
    criterion = first.criterion()(step.before.network, step.data)
    assert criterion._once is not None and len(criterion._once) == len(step.data.train_x), "no augmentation: once"
    with pytest.raises(InputError, match="cannot teach its own"):
        teachers.teaching(taught(made), step.data, None, tmp_path)


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("hints", [[], [("1", "1")]])
def test_an_interrupted_stage_ends_in_the_same_bits(hints: list[Any], recipe: Make, tmp_path: Path) -> None:
    made = taught(recipe("mlp", WIDE, threads=1), hints=hints, epochs=3)
    made = Recipe.model_validate({**made.model_dump(), "prune": {"macs": 0.6, "epochs": 1}})

    def through(folder: Path, stop: str) -> bytes:
        step = step_of(made, folder)

        def progress(done: int, total: int, text: str) -> None:
            if stop and stop in text:
                raise Interrupted

        pruned = prune.run(Step(**{**vars(step), "progress": progress}))
        path = folder / "pruned.safetensors"
        checkpoint.save(path, pruned.network, step.before.about, step.changes(pruned.change))
        after = {"stage": "distill", "before": checkpoint.load(made, path), "checkpoint": path, "progress": progress}
        found = distill.run(Step(**{**vars(step), **after, "folder": folder / "distill"}))
        checkpoint.save(path, found.network, step.before.about, ())
        return path.read_bytes()

    folders = tmp_path / "whole", tmp_path / "broken"
    for folder in folders:
        folder.mkdir()
    whole = through(folders[0], "")
    with pytest.raises(Interrupted):
        through(folders[1], "epoch 3 of 3")
    assert through(folders[1], "") == whole
