"""Starting Fabric: one process or many, on one node or many, from `[train]` alone."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import lightning_fabric
import torch

from edgekit.errors import EdgekitError, ToolError, VerificationError
from edgekit.recipe import Recipe, TrainSection
from edgekit.train import distributed, launched, loop
from edgekit.train.job import random_state_kept
from edgekit.train.result import Progress, TrainResult
from edgekit.train.tuning import Tuning
from edgekit.zoo.data import Data


def train(
    recipe: Recipe, folder: Path, *, resume: bool, progress: Progress | None, data: Data | None,
    tuning: Tuning | None = None,
) -> TrainResult:  # fmt: skip
    """See `edgekit.train.train`."""
    with _quiet(), _deterministic(recipe.train.threads):
        strategy = _strategy(recipe.train)
        fabric = _fabric(recipe.train, strategy)
        if strategy == "ddp_spawn":
            result = _in_processes(fabric, recipe, folder, resume, progress, tuning)
        else:
            fabric.launch()
            report = progress if fabric.global_rank == 0 else None
            result = loop.train(fabric, recipe, folder, data, resume, report, tuning)
    limit = recipe.train.min_accuracy
    if limit is not None and result.metric == "accuracy" and not result.test_score >= limit:
        text = f"test accuracy must be at least {limit:.2%}, found {result.test_score:.2%}"
        raise VerificationError("[train] min_accuracy", text, "more epochs, another network or a lower limit")
    return result


def _strategy(section: TrainSection) -> str:
    if not distributed(section):
        return "auto"
    # What torchrun or a cluster started must not start more; else spawned processes keep our caller's script out.
    return "ddp" if launched() else "ddp_spawn"


def _fabric(section: TrainSection, strategy: str) -> Any:
    accelerator = section.accelerator
    if accelerator == "auto":
        accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return lightning_fabric.Fabric(
            accelerator=accelerator,
            devices=section.devices,
            num_nodes=section.nodes,
            strategy=strategy,
            precision=section.precision,
        )
    except Exception as error:
        where = f"[train] accelerator {section.accelerator}, devices {section.devices}, nodes {section.nodes}"
        text = f"cannot be used here: {str(error)[:300]}"
        raise ToolError(where, text, "accelerator = 'cpu', or fewer devices") from error


def _in_processes(
    fabric: Any, recipe: Recipe, folder: Path, resume: bool, progress: Progress | None, tuning: Tuning | None
) -> TrainResult:  # fmt: skip
    # Neither a progress bar nor an EdgekitError crosses a process boundary by itself: a queue carries both.
    queue = torch.multiprocessing.get_context("spawn").SimpleQueue()
    failed: list[EdgekitError] = []

    def listen() -> None:
        while (message := queue.get()) is not None:
            if isinstance(message, EdgekitError):
                failed.append(message)
            elif progress is not None:
                progress(*message)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        # Inside the function, as Fabric takes arguments apart and refuses frozen dataclasses.
        process = partial(_process, tuning=tuning)
        return TrainResult(**fabric.launch(process, recipe, folder, resume, queue))
    except (torch.multiprocessing.ProcessRaisedException, torch.multiprocessing.ProcessExitedException):
        queue.put(None)
        listener.join()
        if failed:
            raise failed[0] from None
        raise
    finally:
        if listener.is_alive():
            queue.put(None)
            listener.join()


def _process(
    fabric: Any, recipe: Recipe, folder: Path, resume: bool, queue: Any, tuning: Tuning | None
) -> dict[str, Any]:  # fmt: skip
    # A plain dictionary: Fabric refuses to carry frozen dataclasses between processes.
    def report(done: int, total: int, text: str) -> None:
        queue.put((done, total, text))

    try:
        with _quiet(), _deterministic(recipe.train.threads):
            mine = report if fabric.global_rank == 0 else None
            return asdict(loop.train(fabric, recipe, folder, None, resume, mine, tuning))
    except EdgekitError as error:
        queue.put(error)
        raise


@contextmanager
def _deterministic(threads: int | None) -> Iterator[None]:
    """Deterministic kernels where there are any; the caller's settings and random state come back afterwards."""
    threads_before = torch.get_num_threads()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    try:
        with random_state_kept():
            torch.use_deterministic_algorithms(True, warn_only=True)
            torch.set_num_threads(threads or threads_before)
            torch.backends.cudnn.benchmark = False
            yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        torch.backends.cudnn.benchmark = benchmark
        torch.set_num_threads(threads_before)


@contextmanager
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("lightning_fabric")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="lightning_fabric")
            warnings.filterwarnings("ignore", message="Grad strides do not match")
            yield
    finally:
        logger.setLevel(level)
