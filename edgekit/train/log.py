"""Loss, score and rate of every epoch for TensorBoard: an event log that holds what the training's history holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgekit.errors import ToolError
from edgekit.files import disk_errors
from edgekit.train.evaluate import METRICS
from edgekit.train.job import Job

INSTALL = 'pip install "edgekit[tensorboard]"'
FOLDER, SUFFIX = "tensorboard", ".edgekit"
Entry = Mapping[str, Any]


@contextlib.contextmanager
def logged(job: Job, history: Sequence[Entry]) -> Iterator[Callable[[Entry], None]]:
    """A function that logs an entry of the history, or does nothing where `[train] tensorboard` is off.

    Epochs of `history` that an interrupted training has not logged are written first, none twice. Where there is no
    history, what edgekit has logged there of another training is removed.

    Raises:
        ToolError: TensorBoard is not installed. MachineError: the folder cannot be written.
    """
    wanted = job.section.tensorboard
    if not wanted or job.fabric.global_rank != 0:
        yield lambda entry: None
        return
    folder = wanted if isinstance(wanted, Path) else job.folder / FOLDER
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ToolError("tensorboard", f"the Python package cannot be imported: {error}", INSTALL) from error
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not history:
            for old in folder.glob(f"events.out.tfevents.*{SUFFIX}"):
                old.unlink()
        known = _known(folder)
        writer = SummaryWriter(str(folder), filename_suffix=SUFFIX)

    def log(entry: Entry) -> None:
        for tag, value in _scalars(entry, METRICS[job.task]).items():
            if (tag, entry["epoch"]) not in known:
                writer.add_scalar(tag, value, entry["epoch"])
        writer.flush()

    try:
        for entry in history:
            log(entry)
        yield log
    finally:
        writer.close()


def _scalars(entry: Entry, metric: str) -> dict[str, float]:
    return {
        "loss/train": entry["train_loss"],
        "loss/validation": entry["validation_loss"],
        f"{metric}/validation": entry["validation_score"],
        "learning_rate": entry["learning_rate"],
    }


def _known(folder: Path) -> set[tuple[str, int]]:
    """Tags and steps that are logged already; a record that a kill has cut is none."""
    if not any(folder.glob(f"events.out.tfevents.*{SUFFIX}")):
        return set()
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    found.Reload()
    return {(tag, event.step) for tag in found.Tags()["scalars"] for event in found.Scalars(tag)}
