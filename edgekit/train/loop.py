"""The training loop. Every random number is a function of seed, epoch, step and process: a resumed run repeats it."""

from __future__ import annotations

import hashlib
import json
import math
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from edgekit.errors import InputError, VerificationError
from edgekit.files import write_atomic
from edgekit.recipe import Recipe, TrainSection
from edgekit.train import augment, checkpoint, evaluate, network
from edgekit.train.result import Progress, TrainResult
from edgekit.train.schedule import learning_rate
from edgekit.zoo import load
from edgekit.zoo.data import Data

# Data sets up to this size live in the accelerator's memory for the whole training.
RESIDENT_BYTES = 2 << 30
# Settings that change where and how fast the training runs, or what happens after it, but not what is computed.
ELSEWHERE = {"min_accuracy", "accelerator", "devices", "nodes", "strategy"}


@dataclass
class State:
    """What changes from epoch to epoch beside weights and optimizer."""

    epoch: int = 0
    best_epoch: int = -1
    history: list[dict[str, Any]] = field(default_factory=list)

    def better(self, score: float, loss: float) -> bool:
        """A higher validation score, or the same with a lower loss: small validation parts often tie."""
        if self.best_epoch < 0:
            return True
        best = self.history[self.best_epoch]
        return (score, -loss) > (best["validation_score"], -best["validation_loss"])


@dataclass(frozen=True)
class Job:
    """One training: everything that stays the same while it runs."""

    fabric: Any
    section: TrainSection
    task: str
    data: Data
    module: torch.nn.Module
    model: Any
    optimizer: Any
    plain_optimizer: torch.optim.Optimizer
    augment: augment.Augmentation
    about: dict[str, Any]
    folder: Path
    batch: int


def train(fabric: Any, recipe: Recipe, folder: Path, resume: bool, progress: Progress | None) -> TrainResult:
    """Train in this process, which may be one of many; every process returns the result. See `edgekit.train.train`."""
    began = time.perf_counter()
    if progress:
        progress(0, 1, "loading data")
    data = load(recipe.data)
    task = network.task_of(recipe.train.task, recipe.model, data)
    identity = _identity(recipe, data)
    # Only rank 0 reads and writes files: nodes need not share a file system.
    before = _resumable(folder, identity) if resume and fabric.global_rank == 0 else None
    before = fabric.broadcast(before)
    if isinstance(before, TrainResult):
        return before
    job = _job(fabric, recipe, folder, data, task, identity)
    state = State() if before is None else _restore(job, *before)
    if before is None and fabric.global_rank == 0:
        for name in (checkpoint.RESULT, checkpoint.LAST, checkpoint.BEST):
            (folder / name).unlink(missing_ok=True)
    _epochs(job, state, progress)
    result = _finish(job, state, time.perf_counter() - began) if fabric.global_rank == 0 else None
    done: TrainResult = fabric.broadcast(result)
    return done


def _identity(recipe: Recipe, data: Data) -> str:
    """Two trainings with the same identity compute the same thing."""
    document = {
        "model": recipe.model.model_dump(mode="json", exclude={"source", "softmax"}),
        "train": recipe.train.model_dump(mode="json", exclude=ELSEWHERE),
        "data": data.fingerprint(),
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _job(fabric: Any, recipe: Recipe, folder: Path, data: Data, task: str, identity: str) -> Job:
    section = recipe.train
    size = min(section.batch_size, len(data.train_x) - len(data.train_x) % fabric.world_size)
    if size == 0 or size % fabric.world_size:
        text = f"must be a multiple of the {fabric.world_size} processes, found {size}"
        raise InputError("[train] batch_size", text, "it counts the samples of all devices together")
    _seed(section.seed)
    signature = network.Signature.of(data, task)
    module = network.build(recipe.model, signature)
    if not any(parameter.requires_grad for parameter in module.parameters()):
        raise InputError(f"[model] network {recipe.model.network}", "has nothing to train: no parameters")
    about = {
        "identity": identity,
        "network": recipe.model.network,
        "options": recipe.model.options,
        "task": task,
        "shape": signature.shape,
        "outputs": signature.outputs,
        "classes": data.classes,
        "preprocessing": data.preprocessing,
    }
    optimizer = _optimizer(section, module)
    model, wrapped = fabric.setup(module, optimizer)
    augmentation = augment.pipeline(section, signature.shape)
    return Job(fabric, section, task, data, module, model, wrapped, optimizer, augmentation, about, folder, size)


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


def _seed(*entropy: int) -> None:
    number = int(np.random.SeedSequence(entropy).generate_state(1)[0])
    torch.manual_seed(number)
    # edgekit draws from neither of these, but a user's network may.
    random.seed(number)
    np.random.seed(number)


def _resumable(folder: Path, identity: str) -> TrainResult | tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """What `folder` holds of this very training: its result, its state after the last whole epoch, or nothing."""
    best, last = folder / checkpoint.BEST, folder / checkpoint.LAST
    if not best.exists() or not last.exists():
        return None
    tensors, about = checkpoint.load_tensors(last)
    if about.get("identity") != identity:
        return None
    done = checkpoint.load_json(folder / checkpoint.RESULT)
    if done is not None and done.pop("identity", None) == identity:
        return TrainResult(**{**done, "checkpoint": best, "test_score": _number(done["test_score"])})
    return tensors, about


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _restore(job: Job, tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> State:
    where = job.folder / checkpoint.LAST
    weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
    checkpoint.load_weights(job.module, weights, where)
    checkpoint.unflatten_optimizer(job.plain_optimizer, tensors, about["optimizer"])
    job.fabric.strategy.precision.load_state_dict(about["precision"])
    return State(about["epoch"], about["best_epoch"], about["history"])


def _epochs(job: Job, state: State, progress: Progress | None) -> None:
    section, fabric = job.section, job.fabric
    train, held = _resident(job, "train"), _resident(job, "validation")
    steps = len(job.data.train_x) // job.batch
    total = steps * section.epochs
    while state.epoch < section.epochs:
        if section.early_stop is not None and state.epoch - 1 - state.best_epoch >= section.early_stop:
            break
        text = f"epoch {state.epoch + 1} of {section.epochs}" + _so_far(state, evaluate.METRICS[job.task])
        done = state.epoch * steps
        report = partial(_report, progress, done, total, text)
        loss = _epoch(job, state.epoch, steps, *train, report)
        validation_loss, score = evaluate.evaluate(fabric, job.module, job.task, *held)
        if not math.isfinite(loss + validation_loss):
            text = f"the loss is {loss} in training and {validation_loss} in validation"
            raise VerificationError(f"training, epoch {state.epoch + 1}", text, "a lower learning rate, or a warm-up")
        better = state.better(score, validation_loss)
        state.history.append(
            {
                "epoch": state.epoch,
                "learning_rate": job.plain_optimizer.param_groups[0]["lr"],
                "train_loss": loss,
                "validation_loss": validation_loss,
                "validation_score": score,
            }
        )
        state.best_epoch = state.epoch if better else state.best_epoch
        state.epoch += 1
        if fabric.global_rank == 0:
            _save(job, state, better)
    if progress:
        progress(total, total, "trained" + _so_far(state, evaluate.METRICS[job.task]))


def _report(progress: Progress | None, done: int, total: int, text: str, step: int) -> None:
    if progress:
        progress(done + step, total, text)


def _so_far(state: State, metric: str) -> str:
    if state.best_epoch < 0:
        return ""
    return f", best {metric} {state.history[state.best_epoch]['validation_score']:.4f}"


def _resident(job: Job, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """x (N, C, H, W) or (N, F) and y of a part, on the accelerator where they fit."""
    x, y = getattr(job.data, f"{part}_x"), getattr(job.data, f"{part}_y")
    device = job.fabric.device if x.nbytes <= RESIDENT_BYTES else "cpu"
    return evaluate.tensor(x).to(device), torch.from_numpy(y).to(device)


def _epoch(job: Job, epoch: int, steps: int, x: torch.Tensor, y: torch.Tensor, report: Callable[[int], None]) -> float:
    """One epoch over all whole batches; the mean training loss."""
    section, fabric = job.section, job.fabric
    rank, world = fabric.global_rank, fabric.world_size
    _seed(section.seed, epoch, rank)
    order = torch.from_numpy(np.random.default_rng([section.seed, epoch]).permutation(len(x)))
    total = torch.zeros((), dtype=torch.float64, device=fabric.device)
    job.model.train()
    for step in range(steps):
        for group in job.plain_optimizer.param_groups:
            group["lr"] = learning_rate(section, epoch * steps + step, steps)
        chosen = order[step * job.batch : (step + 1) * job.batch][rank::world].to(x.device)
        batch, wanted = x[chosen].contiguous().to(fabric.device), y[chosen].to(fabric.device)
        batch = job.augment(batch, np.random.default_rng([section.seed, epoch, step, rank]))
        loss = evaluate.loss_of(job.task, job.model(batch), batch, wanted, section.label_smoothing)
        fabric.backward(loss)
        job.optimizer.step()
        job.optimizer.zero_grad()
        total += loss.detach()
        report(step + 1)
    mean: float = fabric.all_reduce(total, reduce_op="mean").item() / steps
    return mean


def _save(job: Job, state: State, better: bool) -> None:
    # The best file goes first: killed between the two, the epoch is repeated and writes the same best file again.
    weights = job.module.state_dict()
    if better:
        score = state.history[state.best_epoch]["validation_score"]
        about = {**job.about, "epoch": state.best_epoch, "validation_score": score}
        checkpoint.save_tensors(job.folder / checkpoint.BEST, weights, about)
    tensors, optimizer = checkpoint.flatten_optimizer(job.plain_optimizer)
    about = {**job.about, **asdict(state), "optimizer": optimizer}
    about["precision"] = job.fabric.strategy.precision.state_dict()
    named = {f"model.{name}": tensor for name, tensor in weights.items()}
    checkpoint.save_tensors(job.folder / checkpoint.LAST, {**named, **tensors}, about)


def _finish(job: Job, state: State, seconds: float) -> TrainResult:
    """Score the best weights on the test part and write the result. Only in the process of rank 0."""
    path = job.folder / checkpoint.BEST
    weights, _ = checkpoint.load_tensors(path)
    checkpoint.load_weights(job.module, weights, path)
    test, auc = _test(job)
    best = state.history[state.best_epoch]["validation_score"]
    result = TrainResult(
        path, state.history, state.best_epoch, best, test, evaluate.METRICS[job.task], seconds, test_auc=auc
    )
    document = {**asdict(result), "identity": job.about["identity"], "checkpoint": path.name}
    # JSON has no NaN.
    document["test_score"] = None if math.isnan(test) else test
    text = json.dumps(document, indent=2, sort_keys=True)
    write_atomic(job.folder / checkpoint.RESULT, text.encode())
    return result


def _test(job: Job) -> tuple[float, float | None]:
    x, y = evaluate.tensor(job.data.test_x), torch.from_numpy(job.data.test_y)
    if len(x) == 0:
        return math.nan, None
    anomalous = job.data.test_y == 1 if job.task == "reconstruction" and not job.data.classes else None
    if anomalous is None or anomalous.all() or not anomalous.any():
        return evaluate.score(job.module, job.task, x, y, job.fabric.device), None
    found = evaluate.sample_errors(job.module, x, job.fabric.device)
    return -float(found[~anomalous].mean()), evaluate.roc_auc(found, anomalous)
