"""Teachers: a network of ours, or any ONNX model run by onnxruntime."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from torch import nn

from edgekit import files
from edgekit.crosstrain import checkpoint
from edgekit.errors import InputError
from edgekit.recipe import Recipe
from edgekit.train import network as networks
from edgekit.train.result import Progress

if TYPE_CHECKING:
    from edgekit.crosstrain.distillation import Distillation
    from edgekit.zoo.data import Data

SELF = "self"
FILES = (".onnx", ".safetensors")
LEAST = 1e-7  # probability that a softmax's zero stands for


class Teacher(Protocol):
    """Something that answers for samples."""

    def outputs(self, x: torch.Tensor, layers: list[str]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Logits or values for x (N, C, H, W) or (N, F), and the outputs of some layers; no gradients."""


class NetworkTeacher:
    """A PyTorch network in eval mode; it follows the samples to their device."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval()

    def outputs(self, x: torch.Tensor, layers: list[str]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        from edgekit.crosstrain.distillation import watched

        with torch.no_grad(), watched(self.network.to(x.device), layers) as seen:
            return self.network(x).float(), [one.float() for one in seen]


class OnnxTeacher:
    """An ONNX model with one input; hints name its tensors. Probabilities are taken back to logits.

    Raises:
        InputError: it is no ONNX model, or takes no samples of this shape.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], hints: list[str]) -> None:
        import onnx
        import onnxruntime

        try:
            model = onnx.load(path)
            del model.graph.value_info[:]
            known = {name for node in model.graph.node for name in node.output}
            for name in hints:
                if name not in known:
                    raise InputError("[distill] hints", f"{path.name} has no tensor {name!r}")
                if name not in {one.name for one in model.graph.output}:
                    model.graph.output.append(onnx.ValueInfoProto(name=name))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = torch.get_num_threads()
            options.log_severity_level = 3
            self.session = onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        except InputError:
            raise
        except Exception as error:
            text = f"onnxruntime cannot run it: {type(error).__name__}: {str(error)[:300]}"
            raise InputError(str(path), text, "give a whole ONNX model") from error
        given = self.session.get_inputs()
        self.input, self.output = given[0].name, self.session.get_outputs()[0].name
        self.length, self.order = _arrangement(path, [tuple(one.shape) for one in given], shape)
        self.probabilities: bool | None = None

    def outputs(self, x: torch.Tensor, layers: list[str]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """See `Teacher.outputs`."""
        given = x.detach().cpu().float()
        array = np.ascontiguousarray((given.permute(0, *self.order) if self.order else given.flatten(1)).numpy())
        names = [self.output, *layers]
        parts: list[list[Any]] = []
        for start in range(0, len(array), self.length or len(array)):
            batch = array[start : start + (self.length or len(array))]
            missing = (self.length or len(batch)) - len(batch)
            padded = np.concatenate([batch, np.repeat(batch[-1:], missing, 0)]) if missing else batch
            parts.append([found[: len(batch)] for found in self.session.run(names, {self.input: padded})])
        first, *rest = (torch.from_numpy(np.concatenate(one)).float().to(x.device) for one in zip(*parts, strict=True))
        if self.probabilities is None:
            sums = first.flatten(1).sum(1)
            self.probabilities = bool((first >= 0).all() and torch.allclose(sums, torch.ones_like(sums), atol=1e-3))
        return (first.clamp_min(LEAST).log() if self.probabilities else first), rest


def _arrangement(
    path: Path, inputs: list[tuple[Any, ...]], shape: tuple[int, ...]
) -> tuple[int | None, tuple[int, ...]]:  # fmt: skip
    """(fixed batch or None, axes of a sample (C, H, W) in the model's order; empty: flat)."""
    orders: list[tuple[int, ...]] = [(1, 2, 3), (2, 3, 1)] if len(shape) == 3 else [(1,)]
    if len(inputs) == 1:
        batch, *rest = inputs[0] or (None,)
        length = batch if isinstance(batch, int) else None
        for order in orders:
            wanted = [shape[axis - 1] for axis in order]
            fits = [not isinstance(r, int) or r == w for r, w in zip(rest, wanted, strict=False)]
            if len(rest) == len(wanted) and all(fits):
                return length, order
        if len(rest) == 1 and rest[0] == int(np.prod(shape)):
            return length, ()
    raise InputError(str(path), f"must have one input for samples of {shape}, found {inputs}", "another teacher")


@dataclass(frozen=True)
class Teaching:
    """A recipe's teacher, ready for `Step.tune(criterion=teaching.criterion(), identity=teaching.identity)`."""

    recipe: Recipe
    source: Path
    name: str
    identity: dict[str, Any]

    def criterion(self) -> Any:
        """A picklable function that makes the loss."""
        return partial(_criterion, self.recipe, self.source)


def teaching(
    recipe: Recipe, data: Data, trained: Path | None, folder: Path, progress: Progress | None = None
) -> Teaching | None:  # fmt: skip
    """The teacher of `[distill]`, trained first where it is a network of the zoo; None where there is no section.

    Args:
        trained: checkpoint of the network as first trained, the teacher "self".
        folder: keeps the training of a zoo network; one folder serves all recipes.

    Raises:
        InputError: no such file or network. Else what `edgekit.train.train` raises.
    """
    from edgekit.pipeline.cache import digest
    from edgekit.train import job, train

    section = recipe.distill
    if section is None:
        return None
    if section.teacher == SELF:
        if trained is None:
            raise InputError("[distill] teacher", '"self" cannot teach its own first training', "name another teacher")
        source, chosen = trained, recipe
    elif section.teacher.endswith(FILES):
        source, chosen = Path(section.teacher), recipe
        if not source.is_file():
            raise InputError(str(source), "does not exist or is no file", "[distill] teacher")
    else:
        chosen = teacher_recipe(recipe)
        where = folder / digest("teacher", job.identity(chosen, data))

        def shown(done: int, total: int, text: str) -> None:
            if progress is not None:
                progress(done, total, f"teacher: {text}")

        source = train(chosen, where, progress=shown, data=data).checkpoint
    identity = {"distill": section.model_dump(mode="json"), "teacher": files.sha256(source)}
    return Teaching(
        recipe, source, section.teacher if section.teacher == SELF else Path(section.teacher).name, identity
    )


def teacher_recipe(recipe: Recipe) -> Recipe:
    """The recipe that trains the zoo network of `[distill] teacher` as `[train]` says."""
    section = recipe.distill
    assert section is not None
    model = recipe.model.model_copy(update={"network": section.teacher, "options": section.options})
    changed: dict[str, Any] = {"epochs": section.teacher_epochs or recipe.train.epochs, "min_accuracy": None}
    if isinstance(recipe.train.tensorboard, Path):
        changed["tensorboard"] = recipe.train.tensorboard / "teacher"
    train = recipe.train.model_copy(update=changed)
    return recipe.model_copy(update={"model": model, "train": train})


def _criterion(recipe: Recipe, source: Path, network: nn.Module, data: Data) -> Distillation:
    from edgekit.crosstrain.distillation import Distillation

    section = recipe.distill
    assert section is not None
    task = networks.task_of(recipe.train.task, recipe.model, data)
    shape = networks.Signature.of(data, task).shape
    teacher: Teacher
    if source.suffix == ".onnx":
        teacher = OnnxTeacher(source, shape, [theirs for _, theirs in section.hints])
    else:
        teacher = NetworkTeacher(_network(recipe, source))
    return Distillation(network, data, section, task, teacher, bool(recipe.train.augment))


def _network(recipe: Recipe, source: Path) -> nn.Module:
    """A checkpoint's network: the recipe's own, or whatever network of the zoo its header names."""
    from edgekit.train.checkpoint import load_tensors

    about = load_tensors(source)[1]
    update = {"network": about.get("network"), "options": about.get("options")}
    if not isinstance(update["network"], str) or not isinstance(update["options"], dict):
        raise InputError(str(source), "its header names no network", "give a checkpoint of edgekit")
    named = recipe.model.model_copy(update=update)
    return checkpoint.load(recipe.model_copy(update={"model": named}), source).network
