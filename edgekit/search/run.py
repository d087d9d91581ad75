"""The search itself: trials of a study, by one process or several, on one machine or many."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import optuna
from optuna.trial import TrialState

from edgekit.errors import EdgekitError, ToolError
from edgekit.search.plan import Plan, opened, quiet
from edgekit.search.sampler import clashes, rank
from edgekit.search.space import points, suggested
from edgekit.search.storage import DONE, WORKER, again, fail, requeue_dead, worker
from edgekit.search.trial import Bench, Infeasible
from edgekit.train import Progress

POLL = 0.5  # seconds between two looks at what other workers have done


def work(plan: Plan, study: optuna.Study, progress: Progress | None) -> None:
    """Try points until the study has its trials, or others are at the last of them.

    Raises:
        ToolError, MachineError, KeyboardInterrupt: the trial at hand is queued again.
    """
    bench = plan.bench()
    workers = plan.folder / "workers"
    with worker(workers) as name, quiet(), interrupts() as heard:
        parent = os.getppid()
        while os.getppid() == parent:
            heard()
            requeue_dead(study, workers)
            trials = study.get_trials(deepcopy=False)
            if sum(t.state in (*DONE, TrialState.RUNNING) for t in trials) >= plan.trials:
                break
            _one(plan, study, bench, name, lambda before: _within(progress, before, plan.trials, heard))


@contextlib.contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """A function that raises KeyboardInterrupt after Ctrl-C: one that fell into a finalizer was ignored by Python."""
    pressed = False

    def note(number: int, frame: Any) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def heard() -> None:
        if pressed:
            raise KeyboardInterrupt

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield heard
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _one(plan: Plan, study: optuna.Study, bench: Bench, name: str, within: Callable[[int], Progress]) -> None:
    begun: list[int] = []

    def objective(trial: optuna.Trial) -> list[float]:
        trial.set_user_attr(WORKER, name)
        before = rank(study, trial.number)
        point = suggested(trial, plan.recipe.search.space)
        if before >= plan.trials or clashes(study, trial.number, trial.params, points(plan.recipe.search.space)):
            raise _Surplus  # another worker was faster
        begun.append(trial.number)
        return _tried(plan, study, bench, trial, point, within(before))

    try:
        study.optimize(objective, n_trials=1, catch=(_Surplus,))
    except BaseException:
        for trial in study.get_trials(deepcopy=False):
            if trial.number in begun:
                fail(study, trial)
                again(study, trial)
        raise


class _Surplus(Exception):
    """One trial more than was asked for."""


def _tried(
    plan: Plan, study: optuna.Study, bench: Bench, trial: optuna.Trial, point: dict[str, Any], progress: Progress
) -> list[float]:
    """The values of the objectives; how they came about goes into the trial's attributes."""
    start = time.perf_counter()
    try:
        outcome = bench.run(point, progress)
    except Infeasible as error:
        for limit, (far, _) in error.broken.items():
            trial.set_constraint(limit, far)
        found = {"why": str(error), "when": error.when, "costs": error.costs.values if error.costs else None}
        _note(trial, found, start)
        raise optuna.TrialPruned(str(error)) from error
    values = {**outcome.costs.values, "accuracy": outcome.accuracy}
    trial.set_constraint("limits", 0.0)
    _note(trial, {"costs": {k: v for k, v in values.items() if k != "accuracy"}, "accuracy": outcome.accuracy}, start)
    return [values[goal] for goal in plan.recipe.search.objectives]


def _note(trial: optuna.Trial, found: dict[str, Any], start: float) -> None:
    for name, value in {**found, "seconds": round(time.perf_counter() - start, 3)}.items():
        trial.set_user_attr(name, value)


def _within(progress: Progress | None, before: int, trials: int, heard: Callable[[], None]) -> Progress:
    """Progress inside a trial, told in trials."""

    def told(done: int, total: int, text: str) -> None:
        heard()
        if progress is not None:
            inside = f" {done}/{total}" if total > 1 else ""
            progress(before, trials, f"trial {before + 1} of {trials}: {text}{inside}")

    return told


def work_together(plan: Plan, study: optuna.Study, workers: int, progress: Progress | None) -> None:
    """As `work`, in several processes of this machine. Raises what the first of them raised that failed."""
    context = multiprocessing.get_context("spawn")
    failures = context.SimpleQueue()
    processes = [context.Process(target=_process, args=(plan, failures)) for _ in range(workers)]
    for process in processes:
        process.start()
    try:
        while any(process.is_alive() for process in processes):
            if progress is not None:
                done = len(study.get_trials(deepcopy=False, states=DONE))
                progress(min(done, plan.trials), plan.trials, f"{workers} workers, trials")
            for process in processes:
                process.join(POLL / workers)
    finally:
        for process in processes:
            process.join()
    if not failures.empty():
        raise failures.get()
    bad = [process.exitcode for process in processes if process.exitcode]
    if bad:
        raise ToolError("workers", f"{len(bad)} of {workers} ended with {bad}", "the same command goes on; see above")


def _process(plan: Plan, failures: Any) -> None:
    try:
        work(plan, opened(plan), None)
    except EdgekitError as error:
        failures.put(error)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
