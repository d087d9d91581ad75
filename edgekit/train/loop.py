"""The training loop. Every random number is a function of seed, epoch, step and process: a resumed run repeats it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from edgekit.errors import VerificationError
from edgekit.recipe import Recipe
from edgekit.train import checkpoint, evaluate, state
from edgekit.train.job import Job, make, seed
from edgekit.train.log import logged
from edgekit.train.result import Progress, TrainResult
from edgekit.train.schedule import learning_rate
from edgekit.train.state import State
from edgekit.train.tuning import Tuning
from edgekit.zoo import load
from edgekit.zoo.data import Data

# Data sets up to this size live in the accelerator's memory for the whole training.
RESIDENT_BYTES = 2 << 30


def train(
    fabric: Any,
    recipe: Recipe,
    folder: Path,
    data: Data | None,
    resume: bool,
    progress: Progress | None,
    tuning: Tuning | None = None,
) -> TrainResult:
    """Train in this process, which may be one of many; every process returns the result. See `edgekit.train.train`."""
    began = time.perf_counter()
    report: Progress = progress or _silent
    report(0, 1, "loading data")
    job = make(fabric, recipe, folder, load(recipe.data) if data is None else data, tuning)
    # Only rank 0 reads and writes files: nodes need not share a file system.
    first = job.fabric.global_rank == 0
    before = job.fabric.broadcast(state.find(folder, job.about["identity"]) if resume and first else None)
    if isinstance(before, TrainResult):
        with logged(job, before.history):  # what has not been logged so far
            return before
    if before is None and first:
        state.clear(folder)
    now = State() if before is None else state.restore(job, before)
    with logged(job, now.history) as log:
        _epochs(job, now, report, log)
    result = None
    if first:
        result = _result(job, now, time.perf_counter() - began)
        state.finish(job, result)
    done: TrainResult = job.fabric.broadcast(result)
    return done


def _silent(done: int, total: int, text: str) -> None:
    pass


def _epochs(job: Job, now: State, report: Progress, log: Callable[[dict[str, Any]], None]) -> None:
    section = job.section
    train, held = _resident(job, "train"), _resident(job, "validation")
    steps = len(job.data.train_x) // job.batch
    total = steps * section.epochs
    while now.epoch < section.epochs:
        if section.early_stop is not None and now.epoch - 1 - now.best_epoch >= section.early_stop:
            break
        begin, text = now.epoch * steps, f"epoch {now.epoch + 1} of {section.epochs}{_best(job, now)}"

        def step_done(step: int, begin: int = begin, text: str = text) -> None:
            report(begin + step, total, text)

        loss = _epoch(job, now.epoch, steps, *train, step_done)
        _share_statistics(job)
        held_loss, score = evaluate.evaluate(job.fabric, job.module, job.task, *held)
        if not math.isfinite(loss + held_loss):
            text = f"the loss must stay finite, found {loss} in training and {held_loss} in validation"
            raise VerificationError(
                f"training, epoch {now.epoch + 1}", text, "lower learning_rate, or set warmup_epochs"
            )
        better = now.better(score, held_loss)
        entry = {
            "epoch": now.epoch,
            "learning_rate": job.optimizer.param_groups[0]["lr"],
            "train_loss": loss,
            "validation_loss": held_loss,
            "validation_score": score,
        }
        now.history.append(entry)
        now.best_epoch = now.epoch if better else now.best_epoch
        now.epoch += 1
        if job.fabric.global_rank == 0:
            state.save(job, now, better)
            log(entry)  # after saving: an epoch that is repeated is not logged twice
    report(total, total, f"trained{_best(job, now)}")


def _best(job: Job, now: State) -> str:
    if now.best_epoch < 0:
        return ""
    return f", best {evaluate.METRICS[job.task]} {now.history[now.best_epoch]['validation_score']:.4f}"


def _resident(job: Job, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """x (N, C, H, W) or (N, F) and y of a part, on the accelerator where they fit."""
    x, y = getattr(job.data, f"{part}_x"), getattr(job.data, f"{part}_y")
    device = job.fabric.device if x.nbytes <= RESIDENT_BYTES else "cpu"
    return evaluate.tensor(x).to(device), torch.from_numpy(y).to(device)


def _epoch(job: Job, epoch: int, steps: int, x: torch.Tensor, y: torch.Tensor, done: Callable[[int], None]) -> float:
    """One epoch over all whole batches; the mean training loss."""
    section, fabric = job.section, job.fabric
    rank, world = fabric.global_rank, fabric.world_size
    seed(section.seed, epoch, rank)
    order = torch.from_numpy(np.random.default_rng([section.seed, epoch]).permutation(len(x)))
    total = torch.zeros((), dtype=torch.float64, device=fabric.device)
    job.model.train()
    if job.tuning.before_epoch is not None:
        job.tuning.before_epoch(job.module, epoch, section.epochs)
    for step in range(steps):
        for group in job.optimizer.param_groups:
            group["lr"] = learning_rate(section, epoch * steps + step, steps)
        chosen = order[step * job.batch : (step + 1) * job.batch][rank::world].to(x.device)
        batch, wanted = x[chosen].contiguous().to(fabric.device), y[chosen].to(fabric.device)
        batch = job.augment(batch, np.random.default_rng([section.seed, epoch, step, rank]))
        loss = job.model(batch, wanted, chosen)
        fabric.backward(loss)
        job.stepper.step()
        job.stepper.zero_grad()
        total += loss.detach()
        done(step + 1)
    mean: float = fabric.all_reduce(total, reduce_op="mean").item() / steps
    return mean


def _share_statistics(job: Job) -> None:
    """Average what every process counted for itself, the statistics of batch norm: all score the same network."""
    if job.fabric.world_size > 1:
        for buffer in job.module.buffers():
            if buffer.is_floating_point():
                buffer.copy_(job.fabric.all_reduce(buffer, reduce_op="mean"))


def _result(job: Job, now: State, seconds: float) -> TrainResult:
    """Score the best weights on the test part."""
    path = job.folder / checkpoint.BEST
    checkpoint.load_weights(job.module, checkpoint.load_tensors(path)[0], path)
    test, auc = evaluate.test_scores(job.module, job.task, job.data, job.fabric.device)
    best = now.history[now.best_epoch]["validation_score"]
    return TrainResult(path, now.history, now.best_epoch, best, test, evaluate.METRICS[job.task], seconds, auc)
