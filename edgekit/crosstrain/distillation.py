"""The loss by which a network learns from a teacher.

Sources: G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531 (soft targets,
temperature); A. Romero et al., "FitNets: Hints for Thin Deep Nets", arXiv:1412.6550 (hints through a regressor);
L. Beyer et al., "Knowledge distillation: A good teacher is patient and consistent", arXiv:2106.05237 (the teacher sees
the same augmented samples).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from edgekit.crosstrain.teachers import Teacher
from edgekit.errors import InputError
from edgekit.recipe import DistillSection
from edgekit.train import evaluate
from edgekit.train.tuning import Criterion, PlainLoss
from edgekit.zoo.data import Data

BATCH = 256


class Distillation(Criterion):
    """alpha * (the teacher's loss) + (1 - alpha) * (the labels' loss) + hint_weight * (the hints' loss).

    The teacher's loss is T^2 KL(teacher || student) of both softmaxes at temperature T for classifiers, so that its
    gradient is as large as the labels' whatever T is; else the mean squared error to the teacher's outputs. A hint's is
    the mean squared error between the teacher's layer and a learned 1x1 convolution of ours, over the teacher's
    variance; the larger of two maps is averaged to the size of the smaller.

    Without augmentation the teacher's outputs are computed once for all samples, else for every batch as it is.
    """

    def __init__(self, network: nn.Module, data: Data, section: DistillSection, task: str, teacher: Teacher,
                 augmented: bool) -> None:  # fmt: skip
        super().__init__()
        self.section, self.task = section, task
        self._teacher = (teacher,)  # in a tuple: no part of this module, neither trained nor saved
        x = evaluate.tensor(data.train_x)
        self._once = None if augmented or section.hints else _all_outputs(teacher, x)
        with torch.no_grad(), watched(network, [ours for ours, _ in section.hints]) as seen:
            mode = network.training
            output = network.eval()(x[:2].contiguous())
            network.train(mode)
        found, hints = teacher.outputs(x[:2].contiguous(), [theirs for _, theirs in section.hints])
        if output.reshape(2, -1).shape != found.reshape(2, -1).shape:
            raise InputError(
                "[distill] teacher", f"must give {output[0].numel()} outputs, found {found[0].numel()}",
                "a teacher of the same classes or values",
            )  # fmt: skip
        self.regressors = nn.ModuleList(_regressor(s, t) for s, t in zip(seen, hints, strict=True))

    def forward(
        self, network: nn.Module, x: torch.Tensor, y: torch.Tensor, index: torch.Tensor, plain: PlainLoss
    ) -> torch.Tensor:
        """See `Criterion.forward`."""
        (teacher,) = self._teacher
        section = self.section
        with watched(network, [ours for ours, _ in section.hints]) as seen:
            output = network(x).float()
        hints: list[torch.Tensor] = []
        if self._once is not None:
            wanted = self._once[index.to(self._once.device)].to(x.device)
        else:
            wanted, hints = teacher.outputs(x, [theirs for _, theirs in section.hints])
        loss = section.alpha * self._soft(output, wanted) + (1 - section.alpha) * plain(output, x, y)
        for regressor, ours, theirs in zip(self.regressors, seen, hints, strict=True):
            loss = loss + section.hint_weight * _hint_loss(regressor, ours, theirs)
        return loss

    def _soft(self, output: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        if self.task != "classification":
            return (output.reshape(len(output), -1) - wanted.reshape(len(output), -1)).square().mean()
        heat = self.section.temperature
        student = functional.log_softmax(output / heat, 1)
        return heat**2 * functional.kl_div(student, functional.softmax(wanted / heat, 1), reduction="batchmean")


def _all_outputs(teacher: Teacher, x: torch.Tensor) -> torch.Tensor:
    return torch.cat([teacher.outputs(part.contiguous(), [])[0] for part in x.split(BATCH)])


@contextlib.contextmanager
def watched(network: nn.Module, names: list[str]) -> Iterator[list[torch.Tensor]]:
    """The outputs of some layers during the block, in the order of `names`. Raises InputError for unknown ones."""
    seen: list[Any] = [None] * len(names)
    hooks = []
    layers = dict(network.named_modules())
    for place, name in enumerate(names):
        if name not in layers:
            known = ", ".join(n for n in layers if n)
            raise InputError("[distill] hints", f"the network has no layer {name!r}", f"there are: {known:.300}")

        def keep(_: Any, __: Any, output: torch.Tensor, place: int = place) -> None:
            seen[place] = output

        hooks.append(layers[name].register_forward_hook(keep))
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _regressor(ours: torch.Tensor, theirs: torch.Tensor) -> nn.Module:
    """From a layer of ours (N, C, H, W) or (N, F) to one of the teacher's, of the same rank."""
    if ours is None or ours.ndim != theirs.ndim or ours.ndim not in (2, 4):
        shapes = f"{None if ours is None else tuple(ours.shape)} and {tuple(theirs.shape)}"
        raise InputError("[distill] hints", f"both layers must give (N, C, H, W) or both (N, F), found {shapes}")
    if ours.ndim == 2:
        return nn.Linear(ours.shape[1], theirs.shape[1])
    return nn.Conv2d(ours.shape[1], theirs.shape[1], 1)


def _hint_loss(regressor: nn.Module, ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    if ours.ndim == 4:
        size = min(ours.shape[2], theirs.shape[2]), min(ours.shape[3], theirs.shape[3])
        ours, theirs = (functional.adaptive_avg_pool2d(one, size) for one in (ours.float(), theirs))
    error: torch.Tensor = (regressor(ours) - theirs).square().mean()
    return error / theirs.var().clamp_min(1e-8)
