"""Where trials are kept: Optuna's storages, and what was left by workers that died."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import optuna
from optuna.trial import FrozenTrial, TrialState

from edgekit.errors import MachineError, ToolError, UsageError
from edgekit.pipeline.lock import lock

WORKER = "worker"
HEARTBEAT, GRACE = 20, 120  # seconds between signs of life of a trial, and until one without them is given up
DONE = (TrialState.COMPLETE, TrialState.PRUNED)


def storage_of(address: str) -> Any:
    """An Optuna storage.

    Args:
        address: URL of a database as SQLAlchemy writes it (sqlite:///, postgresql://, mysql://), `redis://...`, or a
            file ending in .journal.

    Raises:
        UsageError: no such kind. ToolError: it cannot be reached, or its driver is missing.
    """
    kind, _, rest = address.partition("://")
    try:
        if not rest and address.endswith(".journal"):
            from optuna.storages.journal import JournalFileBackend

            Path(address).parent.mkdir(parents=True, exist_ok=True)
            return optuna.storages.JournalStorage(JournalFileBackend(address))
        if kind in ("redis", "rediss"):
            from optuna.storages.journal import JournalRedisBackend

            return optuna.storages.JournalStorage(JournalRedisBackend(address))
        if not rest:
            known = "sqlite:///FILE, postgresql://..., mysql://..., redis://..., FILE.journal"
            raise UsageError(f"--storage {address}", "is no storage of trials", f"known: {known}")
        options = {"connect_args": {"timeout": 60}} if kind.startswith("sqlite") else {"pool_pre_ping": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return optuna.storages.RDBStorage(
                address, engine_kwargs=options, heartbeat_interval=HEARTBEAT, grace_period=GRACE,
                heartbeat_stale_trial_callback=lambda study, trial: again(study, trial),
            )  # fmt: skip
    except UsageError:
        raise
    except OSError as error:
        raise MachineError(str(error.filename or address), f"cannot be written: {error.strerror}") from error
    except Exception as error:  # each database driver has errors of its own
        said = str(error).strip().splitlines()[:1]
        text = f"cannot be used: {type(error).__name__}: {' '.join(said)}"
        raise ToolError(
            f"--storage {_public(address)}", text, "see that it runs and its driver is installed"
        ) from error


def _public(address: str) -> str:
    """Without the password, for messages."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:...@", address)


@contextlib.contextmanager
def worker(folder: Path) -> Iterator[str]:
    """The name of this process as a worker; while it lives, it holds a lock in `folder` by which others know."""
    name = uuid4().hex[:12]
    with lock(folder / name):
        yield name
    with contextlib.suppress(OSError):
        (folder / name / ".lock").unlink()
        (folder / name).rmdir()


def requeue_dead(study: optuna.Study, folder: Path) -> int:
    """Queue the trials again whose workers have died on this machine; how many there were.

    Those of other machines are found by their heartbeat, where the storage has one.
    """
    count = 0
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        name = trial.user_attrs.get(WORKER)
        if name is None:
            # killed between the two writes that begin a trial; a live one is done with them in moments
            dead = datetime.now() - (trial.datetime_start or datetime.now()) > timedelta(seconds=GRACE)
        else:
            dead = (folder / name).is_dir() and not _held(folder / name)
        if dead and fail(study, trial):
            again(study, trial)
            count += 1
    return count


def fail(study: optuna.Study, trial: FrozenTrial) -> bool:
    """Mark a running trial as failed; False where another process was first."""
    try:
        study.tell(trial.number, state=TrialState.FAIL)
    except (ValueError, optuna.exceptions.UpdateFinishedTrialError):
        return False
    return True


def again(study: optuna.Study, trial: FrozenTrial) -> None:
    """Put a trial that did not end into the queue, with the same values."""
    if trial.params:
        study.enqueue_trial(trial.params, user_attrs={"again": trial.number})


def _held(folder: Path) -> bool:
    try:
        with lock(folder):
            return False
    except MachineError:
        return True
