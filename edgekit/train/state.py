"""The state of a training on disk: saved after every epoch, found again after an interruption."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from edgekit.errors import InputError
from edgekit.files import disk_errors, write_atomic
from edgekit.train import checkpoint
from edgekit.train.checkpoint import BEST, LAST, RESULT
from edgekit.train.job import Job
from edgekit.train.result import TrainResult

Saved = tuple[dict[str, torch.Tensor], dict[str, Any]]


@dataclass
class State:
    """What changes from epoch to epoch beside weights and optimizer; `epoch` is the next one."""

    epoch: int = 0
    best_epoch: int = -1
    history: list[dict[str, Any]] = field(default_factory=list)

    def better(self, score: float, loss: float) -> bool:
        """A higher validation score, or the same with a lower loss: small validation parts often tie."""
        if self.best_epoch < 0:
            return True
        best = self.history[self.best_epoch]
        return (score, -loss) > (best["validation_score"], -best["validation_loss"])


def find(folder: Path, identity: str) -> TrainResult | Saved | None:
    """What `folder` holds of the training `identity`: its result, its state after the last whole epoch, or None.

    Raises:
        InputError: a checkpoint of it is damaged.
    """
    best, last = folder / BEST, folder / LAST
    if not best.exists() or not last.exists():
        return None
    tensors, about = checkpoint.load_tensors(last)
    if about.get("identity") != identity or checkpoint.load_tensors(best)[1].get("identity") != identity:
        return None
    done = checkpoint.load_json(folder / RESULT) or {}
    if done.pop("identity", None) == identity:
        try:
            score = math.nan if done["test_score"] is None else done["test_score"]
            return TrainResult(**{**done, "checkpoint": best, "test_score": score})
        except (KeyError, TypeError):
            pass  # damaged: what follows the last epoch is done again
    return tensors, about


def clear(folder: Path) -> None:
    """Forget an older training. Its best weights stay until there are new ones."""
    with disk_errors(folder):
        for name in (RESULT, LAST):
            (folder / name).unlink(missing_ok=True)


def restore(job: Job, saved: Saved) -> State:
    """Fill network, optimizer and precision with what `save` wrote. Raises InputError when it does not fit."""
    tensors, about = saved
    where = job.folder / LAST
    for prefix, module in (("model.", job.module), ("criterion.", job.criterion)):
        weights = {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
        checkpoint.load_weights(module, weights, where)
    try:
        checkpoint.unflatten_optimizer(job.optimizer, tensors, about["optimizer"])
        job.fabric.strategy.precision.load_state_dict(about["precision"])
        return State(about["epoch"], about["best_epoch"], about["history"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"holds a state that does not fit: {type(error).__name__}: {error}"
        raise InputError(str(where), text, "remove it and train again") from error


def save(job: Job, state: State, better: bool) -> None:
    """Write the state after an epoch. Raises MachineError."""
    # The best file goes first: killed between the two, the epoch is repeated and writes the same best file again.
    weights = job.module.state_dict()
    if better:
        score = state.history[state.best_epoch]["validation_score"]
        about = {**job.about, "epoch": state.best_epoch, "validation_score": score}
        checkpoint.save_tensors(job.folder / BEST, weights, about)
    tensors, optimizer = checkpoint.flatten_optimizer(job.optimizer)
    about = {**job.about, **asdict(state), "optimizer": optimizer}
    about["precision"] = job.fabric.strategy.precision.state_dict()
    named = {f"model.{name}": tensor for name, tensor in weights.items()}
    named |= {f"criterion.{name}": tensor for name, tensor in job.criterion.state_dict().items()}
    checkpoint.save_tensors(job.folder / LAST, {**named, **tensors}, about)


def finish(job: Job, result: TrainResult) -> None:
    """Write the result. Raises MachineError."""
    document = {**asdict(result), "identity": job.about["identity"], "checkpoint": result.checkpoint.name}
    # JSON has no NaN.
    document["test_score"] = None if math.isnan(result.test_score) else result.test_score
    write_atomic(job.folder / RESULT, json.dumps(document, indent=2, sort_keys=True).encode())
