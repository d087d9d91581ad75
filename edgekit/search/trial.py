"""One trial: a recipe checked, trained, quantized and judged by the stages that a build has."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgekit.errors import InputError, UnsupportedError, VerificationError
from edgekit.graph import Graph, is_quantized
from edgekit.metrics import ERROR, metric_of, score
from edgekit.pipeline import accuracy, model, samples
from edgekit.pipeline.build import chosen_targets
from edgekit.pipeline.cache import Cache, code, digest
from edgekit.pipeline.context import Context
from edgekit.pipeline.lock import lock
from edgekit.recipe import Recipe
from edgekit.search.costs import Costs, broken, costs, share
from edgekit.search.probe import lowered, reshaped
from edgekit.search.space import Point, recipe_at
from edgekit.target import Target

if TYPE_CHECKING:
    from edgekit.train import Progress
    from edgekit.zoo.data import Data

TEST = "test.json"


class Infeasible(Exception):
    """A point that breaks limits, cannot be built, or does not learn.

    Attributes: broken: by limit, how far, as a share of it, and why; costs: where they are known.
    """

    def __init__(self, broken: dict[str, tuple[float, str]], found: Costs | None, when: str) -> None:
        super().__init__("; ".join(text for _, text in broken.values()))
        self.broken, self.costs, self.when = broken, found, when


@dataclass(frozen=True)
class Outcome:
    """A trial that ended well: accuracy (or error) of the int8 graph on the validation part, and its costs."""

    accuracy: float
    metric: str
    costs: Costs


@dataclass
class Bench:
    """What all trials of a process share.

    Attributes:
        values: the recipe's, without `[search]`. search: its section. target: name.
        folder: gets one folder per recipe that is tried, where its stages are cached.
        threads: of every training, so that all give the bits that a build of the same recipe gives.
        unit: in which every trial's latency is told; None before it is known.
    """

    recipe: Recipe
    values: dict[str, Any]
    target: str
    folder: Path
    threads: int | None
    unit: str | None = None
    _data: dict[str, Data] = field(default_factory=dict)

    def recipe_of(self, point: Point) -> Recipe:
        """The recipe of a point as it is tried, and built later."""
        recipe = recipe_at(self.values, point)
        train = {"min_accuracy": None, "threads": recipe.train.threads or self.threads}
        build = recipe.build.model_copy(update={"targets": (self.target,)})
        return recipe.model_copy(update={"train": recipe.train.model_copy(update=train), "build": build})

    def data_of(self, recipe: Recipe) -> Data:
        """The data set, loaded once for all recipes that agree about it."""
        from edgekit.train import load_data

        key = recipe.data.model_dump_json()
        if key not in self._data:
            self._data = {key: load_data(recipe.data)}
        return self._data[key]

    def home(self, recipe: Recipe) -> Path:
        """The folder of a recipe's stages; equal recipes share it."""
        return self.folder / digest(recipe.model_dump(mode="json", exclude={"name", "search", "build", "target"}))[:16]

    def run(self, point: Point, progress: Progress | None) -> Outcome:
        """Check, train, quantize, judge on the validation part.

        Raises:
            Infeasible: as it says; found before any training wherever the untrained network tells it.
            ToolError, MachineError: nothing about the point.
        """
        try:
            recipe = self.recipe_of(point)
            data, target = self.data_of(recipe), chosen_targets(recipe, (self.target,))[0]
        except InputError as error:
            raise Infeasible({"recipe": (1.0, str(error))}, None, "before training") from error
        limits = recipe_limits(self.recipe)

        def check(graph: Graph) -> str:
            if is_quantized(graph):  # one of the forms that [quantize] max_drop tries
                if rejected := costs(graph, target).rejected:
                    raise UnsupportedError(target.name, rejected[0])
                return "taken"
            if not any(stage.name == "train" for stage in context.stages):
                graph = reshaped(graph, recipe, data, target)
            found = costs(lowered(graph, recipe, data), target, self.unit)
            if over := broken(found, limits, target, self.unit):
                raise Infeasible(over, found, "before training")
            return "within all limits"

        context = self._context(recipe, target, progress)
        with lock(self.home(recipe), wait=True):
            try:
                made = model.quantized(context, check, data)
            except VerificationError as error:
                raise Infeasible({"training": (1.0, str(error))}, None, "in training") from error
            except (InputError, UnsupportedError) as error:
                trained = any(stage.name == "train" for stage in context.stages)
                when = "after training" if trained else "before training"
                raise Infeasible({"network": (1.0, str(error))}, None, when) from error
            found = costs(made.graph, target, self.unit)
            x = samples.as_input(made.graph, data.validation_x, "the validation part")
            output = accuracy.outputs(made.graph, x, progress, "int8 accuracy")
        given, classes = next(iter(x.values())), len(data.classes)
        metric = metric_of(output, given, data.validation_y, classes)
        value = score(output, given, data.validation_y, classes)
        over = broken(found, limits, target, self.unit)
        limit = self.recipe.search.limits.get("accuracy")
        if limit is not None:
            short = share(value, limit) if metric == ERROR else -share(value, limit)
            if short > 0:
                over["accuracy"] = (short, f"accuracy {value:.4g}, the limit is {limit:.4g}")
        if over:
            raise Infeasible(over, found, "after training")
        return Outcome(value, metric, found)

    def tested(self, point: Point, progress: Progress | None) -> dict[str, Any] | None:
        """What a build would measure on the test part, float and int8; None where another machine ran the trial."""
        recipe = self.recipe_of(point)
        home = self.home(recipe)
        if not home.is_dir():
            return None
        with lock(home, wait=True):
            target, data = chosen_targets(recipe, (self.target,))[0], self.data_of(recipe)
            context = self._context(recipe, target, progress)
            if not len(data.test_x):
                return {}
            made = model.quantized(context, lambda graph: "", data)

            def make(folder: Path) -> None:
                x = samples.as_input(made.graph, data.test_x, "the test part")
                found = accuracy.measure(made.graph, made.floating, x, data.test_y, len(data.classes), progress)
                (folder / TEST).write_text(json.dumps(found), "utf-8")

            with context.stage("test") as done:
                parts = [made.graph.fingerprint(), data.fingerprint(), code("pipeline", "metrics.py", *model.RUN_CODE)]
                folder = context.entry(done, "test", parts, make)
            found: dict[str, Any] = json.loads((folder / TEST).read_text("utf-8"))
            return found

    def _context(self, recipe: Recipe, target: Target, progress: Progress | None) -> Context:
        home = self.home(recipe)
        if self.recipe.train.tensorboard:  # one log per trial, whatever the recipe names
            train = recipe.train.model_copy(update={"tensorboard": (home / "tensorboard").resolve()})
            recipe = recipe.model_copy(update={"train": train})
        return Context(recipe, home, Cache(home / ".cache"), [target], progress)


def recipe_limits(recipe: Recipe) -> dict[str, float]:
    """The limits of what a network costs; that of accuracy is none."""
    return {name: limit for name, limit in recipe.search.limits.items() if name != "accuracy"}


def metric_in(data: Data) -> str:
    """By what the validation part judges; see `edgekit.metrics.metric_of`."""
    part = data.validation_x[:2]  # stands for a network's output where that is to be like its input
    return metric_of(part, part, data.validation_y, len(data.classes))
