"""The search itself: a study of trials, worked on by one process or several, on one machine or many."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from edgekit import __version__
from edgekit.errors import EdgekitError, InputError, ToolError
from edgekit.graph import is_quantized
from edgekit.metrics import ERROR
from edgekit.pipeline.build import chosen_targets, require_settings
from edgekit.pipeline.cache import digest
from edgekit.pipeline.lock import lock
from edgekit.recipe import Recipe
from edgekit.search.costs import costs
from edgekit.search.probe import lowered, reshaped
from edgekit.search.sampler import Sampler, rank
from edgekit.search.space import points, recipe_at, require, suggested, values_of
from edgekit.search.storage import DONE, WORKER, again, fail, requeue_dead, storage_of, worker
from edgekit.search.trial import Bench, Infeasible, Outcome, metric_in
from edgekit.target import Target
from edgekit.train import Progress

POLL = 0.5  # seconds between two looks at what other workers have done


@dataclass(frozen=True)
class Plan:
    """A search that can be handed to another process.

    Attributes:
        recipe: with `[search]`; target: name; trials: how many in all, those of former runs included.
        address: of the storage; study: its name there; folder: for everything else.
        threads: CPU threads of every training.
    """

    recipe: Recipe
    target: str
    trials: int
    address: str
    study: str
    folder: Path
    threads: int

    def bench(self) -> Bench:
        return Bench(self.recipe, values_of(self.recipe), self.target, self.folder / "trials", self.threads)


def planned(
    recipe: Recipe, target: str, trials: int, storage: str | None, folder: Path, workers: int
) -> tuple[Plan, optuna.Study]:
    """Check everything that can be checked before any trial, and open the study.

    Raises:
        InputError: the space or a recipe in it is wrong, or there is no data to judge by. UsageError: an unknown target
            or storage. ToolError: a package is missing, or the storage cannot be reached.
    """
    section, values = recipe.search, values_of(recipe)
    for one in require(section.space, values):
        require_settings(one)
        chosen = chosen_targets(one, (target,))[0]
    base = recipe_at(values, {})
    threads = base.train.threads or max(1, (os.cpu_count() or 1) // workers)
    bench = Bench(recipe, values, target, folder / "trials", threads)
    if "data" not in base.model_fields_set and base.model.source is not None:
        raise InputError("[data]", "is missing: trials are judged by a validation part", "name a data set")
    data = bench.data_of(base)
    if not len(data.validation_x):
        raise InputError("[data] validation", "gives no samples to judge by", "hold out more")
    _require_options(bench)
    metric = metric_in(data)
    about = {
        "recipe": recipe.name, "target": target, "objectives": list(section.objectives), "metric": metric,
        "edgekit": __version__, "threads": threads,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    address = storage or f"sqlite:///{(folder / 'study.db').resolve()}"
    key = digest(_portable(values), section.model_dump(mode="json"), chosen.model_dump(mode="json"), data.fingerprint())
    name = f"{recipe.name}-{target}-{key[:8]}"
    directions = ["maximize" if g == "accuracy" and metric != ERROR else "minimize" for g in section.objectives]
    with lock(folder, wait=True), quiet():  # two first workers must not create the tables at once
        store = storage_of(address)
        study = optuna.create_study(
            storage=store, study_name=name, directions=directions, load_if_exists=True, sampler=Sampler(section)
        )
        if "latency_unit" not in study.user_attrs:
            for attribute, value in {**about, "latency_unit": _unit(bench, chosen)}.items():
                study.set_user_attr(attribute, value)
    plan = Plan(recipe, target, int(min(trials, points(section.space))), address, name, folder,
                study.user_attrs["threads"])  # fmt: skip
    return plan, study


def _portable(values: Any) -> Any:
    """Without the folders of this machine: other machines may have their data elsewhere."""
    if isinstance(values, dict):
        return {key: _portable(value) for key, value in values.items()}
    return os.path.basename(values) if isinstance(values, str) and os.path.isabs(values) else values


def _require_options(bench: Bench) -> None:
    """Arguments of networks are known to their factories alone. Raises InputError for one that none takes."""
    from edgekit.train import build_network

    space = bench.recipe.search.space
    for key in (key for key in space if key.startswith("model.options.")):
        first = space[key].choices[0] if space[key].choices else space[key].high  # type: ignore[index]
        recipe = bench.recipe_of({key: first})
        build_network(recipe.model, bench.data_of(recipe))


def _unit(bench: Bench, target: Target) -> str:
    """Of latency: the target's own where its cost model knows every layer of the recipe's network, else MACs."""
    from edgekit.analysis import load_any

    recipe = bench.recipe_of({})
    data = bench.data_of(recipe)
    try:
        graph = load_any(recipe)
        graph = graph if is_quantized(graph) else reshaped(graph, recipe, data, target)
        return costs(lowered(graph, recipe, data), target).unit
    except EdgekitError:  # the recipe itself may be what does not work; its trials tell
        return "MACs"


def opened(plan: Plan) -> optuna.Study:
    """The study of a plan, in another process than that which planned it."""
    with quiet():
        return optuna.load_study(
            study_name=plan.study, storage=storage_of(plan.address), sampler=Sampler(plan.recipe.search)
        )


def work(plan: Plan, study: optuna.Study, progress: Progress | None) -> None:
    """Try points until the study has its trials, or others are at the last of them.

    Raises:
        ToolError, MachineError, KeyboardInterrupt: the trial at hand is queued again.
    """
    bench = plan.bench()
    workers = plan.folder / "workers"
    with worker(workers) as name, quiet():
        parent = os.getppid()
        while os.getppid() == parent:
            requeue_dead(study, workers)
            trials = study.get_trials(deepcopy=False)
            if sum(t.state in (*DONE, TrialState.RUNNING) for t in trials) >= plan.trials:
                break
            _one(plan, study, bench, name, progress)


def _one(plan: Plan, study: optuna.Study, bench: Bench, name: str, progress: Progress | None) -> None:
    begun: list[int] = []

    def objective(trial: optuna.Trial) -> list[float]:
        trial.set_user_attr(WORKER, name)
        before = rank(study, trial.number)
        point = suggested(trial, plan.recipe.search.space)
        if before >= plan.trials:  # another worker was faster
            raise _Surplus
        begun.append(trial.number)
        return _tried(plan, study, bench, trial, point, _within(progress, before, plan.trials))

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
    plan: Plan, study: optuna.Study, bench: Bench, trial: optuna.Trial, point: dict[str, Any], progress: Progress | None
) -> list[float]:
    """The values of the objectives; how they came about goes into the trial's attributes."""
    unit = study.user_attrs["latency_unit"]
    start = time.perf_counter()
    try:
        outcome = bench.run(point, progress)
        if unit != "MACs" and outcome.costs.unit != unit:
            text = f"the target's cost model gives no {unit}"
            raise Infeasible({"latency": (1.0, text)}, outcome.costs, "after training")
    except Infeasible as error:
        for limit, (far, _) in error.broken.items():
            trial.set_constraint(limit, far)
        found = {"why": str(error), "when": error.when, "costs": error.costs.values if error.costs else None}
        _note(trial, found, start)
        raise optuna.TrialPruned(str(error)) from error
    values = _values(outcome, unit)
    trial.set_constraint("limits", 0.0)
    _note(trial, {"costs": {k: v for k, v in values.items() if k != "accuracy"}, "accuracy": outcome.accuracy}, start)
    return [values[goal] for goal in plan.recipe.search.objectives]


def _values(outcome: Outcome, unit: str) -> dict[str, float]:
    costs = outcome.costs.values
    latency = costs["macs"] if unit == "MACs" else costs["latency"]
    return {**costs, "latency": latency, "accuracy": outcome.accuracy}


def _note(trial: optuna.Trial, found: dict[str, Any], start: float) -> None:
    for name, value in {**found, "seconds": round(time.perf_counter() - start, 3)}.items():
        trial.set_user_attr(name, value)


def _within(progress: Progress | None, before: int, trials: int) -> Progress | None:
    """Progress inside a trial, told in trials."""
    if progress is None:
        return None
    report = progress

    def told(done: int, total: int, text: str) -> None:
        inside = f" {done}/{total}" if total > 1 else ""
        report(before, trials, f"trial {before + 1} of {trials}: {text}{inside}")

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


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what Optuna tells of every trial; what matters is in the result."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
            warnings.filterwarnings("ignore", module="optuna")
            yield
    finally:
        optuna.logging.set_verbosity(level)
