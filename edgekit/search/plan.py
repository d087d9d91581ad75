"""What is checked and settled before the first trial: a search that several processes can work on."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna

from edgekit import __version__
from edgekit.errors import EdgekitError, InputError
from edgekit.graph import is_quantized
from edgekit.metrics import ERROR
from edgekit.pipeline.build import chosen_targets, require_settings
from edgekit.pipeline.cache import digest
from edgekit.pipeline.lock import lock
from edgekit.recipe import Recipe
from edgekit.search.costs import costs
from edgekit.search.probe import lowered, reshaped
from edgekit.search.sampler import Sampler
from edgekit.search.space import points, recipe_at, require, values_of
from edgekit.search.storage import storage_of
from edgekit.search.trial import Bench, metric_in


@dataclass(frozen=True)
class Plan:
    """A search that can be handed to another process.

    Attributes:
        recipe: with `[search]`; target: name; trials: how many in all, those of former runs included.
        address: of the storage; study: its name there; folder: for everything else.
        threads: CPU threads of every training.
        unit: of latency.
    """

    recipe: Recipe
    target: str
    trials: int
    address: str
    study: str
    folder: Path
    threads: int
    unit: str

    def bench(self) -> Bench:
        home = self.folder / "trials"
        return Bench(self.recipe, values_of(self.recipe), self.target, home, self.threads, self.unit)


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
            for attribute, value in {**about, "latency_unit": _unit(bench)}.items():
                study.set_user_attr(attribute, value)
    plan = Plan(recipe, target, int(min(trials, points(section.space))), address, name, folder,
                study.user_attrs["threads"], study.user_attrs["latency_unit"])  # fmt: skip
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


def _unit(bench: Bench) -> str:
    """Of latency: cycles where the target's cost model has them for every layer of the recipe's network, else its own
    unit, else MACs; with any of the target's options that are tried."""
    space = {key: one for key, one in bench.recipe.search.space.items() if key.startswith("target.")}
    tried = [{key: value} for key, one in space.items() for value in one.choices or (one.low, one.high)]
    found = [_unit_at(bench, bench.recipe_of(point)) for point in ({}, *tried)]
    return max(found, key=lambda unit: ("cycles", unit, "MACs").index(unit))


def _unit_at(bench: Bench, recipe: Recipe) -> str:
    from edgekit.analysis import load_any

    target, data = chosen_targets(recipe, (bench.target,))[0], bench.data_of(recipe)
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
