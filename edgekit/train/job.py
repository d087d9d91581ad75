"""One training: everything that stays the same while it runs, made from the recipe."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from edgekit.errors import InputError
from edgekit.recipe import Recipe, TrainSection
from edgekit.train import augment, evaluate, network
from edgekit.train.tuning import Criterion, Objective, Tuning
from edgekit.zoo.data import Data

# Settings that say where a training runs or what happens after it, but not what it computes.
ELSEWHERE = {"min_accuracy", "accelerator", "devices", "nodes", "strategy"}


@dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        module: the network; criterion: its loss; optimizer: of both. `model`, `stepper`: both modules as one
            `Objective`, and the optimizer, as Fabric wrapped them.
        about: what every checkpoint says about itself.
        batch: samples per step over all processes.
    """

    fabric: Any
    section: TrainSection
    task: str
    data: Data
    module: torch.nn.Module
    criterion: Criterion
    model: Any
    optimizer: torch.optim.Optimizer
    stepper: Any
    augment: augment.Augmentation
    about: dict[str, Any]
    folder: Path
    batch: int
    tuning: Tuning


def seed(*entropy: int) -> None:
    """Seed every global generator with a function of `entropy`."""
    number = int(np.random.SeedSequence(entropy).generate_state(1)[0])
    torch.manual_seed(number)
    # edgekit draws from neither of these, but a user's network may.
    random.seed(number)
    np.random.seed(number)


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Give every global generator its state back afterwards."""
    plain, numpys = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(range(torch.cuda.device_count())):
            yield
    finally:
        random.setstate(plain)
        np.random.set_state(numpys)


def identity(recipe: Recipe, data: Data, tuning: Tuning | None = None) -> str:
    """Two trainings with the same identity compute the same thing; the network's source file belongs to it."""
    document = {
        "model": recipe.model.model_dump(mode="json", exclude={"source", "softmax"}),
        "source": network.source_digest(recipe.model),
        "train": recipe.train.model_dump(mode="json", exclude=ELSEWHERE),
        "data": data.fingerprint(),
    }
    if tuning is not None:
        document["tuning"] = tuning.identity
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def make(fabric: Any, recipe: Recipe, folder: Path, data: Data, tuning: Tuning | None = None) -> Job:
    """Build network, optimizer and augmentations.

    Raises:
        InputError: any of them is unfit for the data, or settings contradict each other.
    """
    section = recipe.train
    task = network.task_of(section.task, recipe.model, data)
    if section.min_accuracy is not None and (task != "classification" or len(data.test_y) == 0):
        text = f"needs a classifier and a test part, found {task} with {len(data.test_y)} test samples"
        raise InputError("[train] min_accuracy", text, "leave it out, or set [data] test")
    world = fabric.world_size
    batch = min(section.batch_size, len(data.train_x) - len(data.train_x) % world)
    if batch == 0 or batch % world:
        text = f"must be a multiple of the {world} processes, found {batch}"
        raise InputError("[train] batch_size", text, "it counts the samples of all devices together")
    seed(section.seed)
    signature = network.Signature.of(data, task)
    augmentation = augment.pipeline(section, signature.shape)
    chosen = tuning or Tuning()
    module = chosen.network(signature) if chosen.network is not None else network.build(recipe.model, signature)
    if not any(parameter.requires_grad for parameter in module.parameters()):
        raise InputError(f"[model] network {recipe.model.network}", "has nothing to train: no parameters")
    about = {
        **chosen.about,
        "identity": identity(recipe, data, tuning),
        "network": recipe.model.network,
        "options": recipe.model.model_dump(mode="json")["options"],
        "task": task,
        "shape": list(signature.shape),
        "outputs": signature.outputs,
        "classes": list(data.classes),
        "preprocessing": data.preprocessing,
    }
    criterion = Criterion() if chosen.criterion is None else chosen.criterion(module, data)
    objective = Objective(module, criterion, partial(evaluate.loss_of, task, smoothing=section.label_smoothing))
    optimizer = _optimizer(section, objective)
    model, stepper = fabric.setup(objective, optimizer)
    return Job(
        fabric, section, task, data, module, criterion, model, optimizer, stepper, augmentation, about, folder, batch,
        chosen,
    )  # fmt: skip


def _optimizer(section: TrainSection, module: torch.nn.Module) -> torch.optim.Optimizer:
    # Decay pulls weights to zero; on norms and biases it only costs accuracy (He et al. 2019, "Bag of tricks").
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": section.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    rate = section.learning_rate
    if section.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=rate, momentum=section.momentum, nesterov=section.momentum > 0)
    return (torch.optim.Adam if section.optimizer == "adam" else torch.optim.AdamW)(groups, lr=rate)
