"""The stages that make a float model of a recipe: data, training, cross-training, export."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from edgekit import crosstrain, files, frontend, passes
from edgekit.crosstrain.cost import Cost, cost_of, float_graph
from edgekit.crosstrain.step import Row, Step
from edgekit.errors import UsageError, VerificationError
from edgekit.graph import Graph
from edgekit.pipeline.cache import code, digest, package_versions
from edgekit.pipeline.context import Context
from edgekit.recipe import Recipe

if TYPE_CHECKING:
    from edgekit.crosstrain.checkpoint import Loaded
    from edgekit.train.tuning import Tuning
    from edgekit.zoo.data import Data

NETWORK, MODEL, ROW = "network.safetensors", "model.onnx", "row.json"
CODE = ("train", "zoo", "crosstrain")


def data_of(context: Context) -> Data:
    """The recipe's data set."""
    from edgekit import train

    with context.stage("data") as done:
        data = train.load_data(context.recipe.data)
        done.text = (
            f"{context.recipe.data.dataset}: {len(data.train_x)} training, {len(data.validation_x)} validation and "
            f"{len(data.test_x)} test samples of {data.sample_shape}"
        )
    return data


@dataclass(frozen=True)
class Trained:
    """A float model (.onnx), its checkpoint, one row per stage, and facts about the training for the manifest."""

    model: Path
    checkpoint: Path
    rows: list[Row]
    training: dict[str, Any]


def trained(context: Context, data: Data, check: Callable[[Graph], str]) -> Trained:
    """Check, train, and run the stages of cross-training that the recipe wants."""
    recipe = context.recipe
    stages = crosstrain.wanted(recipe)
    versions = package_versions("torch", "lightning-fabric", "onnxscript", "onnx")
    network = [recipe.model.model_dump(mode="json"), data.fingerprint(), versions, code("train", "zoo")]
    _check_untrained(context, data, check, network)
    key = [network, recipe.train.model_dump(mode="json"), *_teacher_parts(recipe)]
    folder = first = _train(context, data, key)
    model = folder / MODEL
    rows = [_row_of(folder)]
    for name, stage in stages.items():
        key = [digest(*key), name, stage.parts(recipe), code(*CODE), package_versions("torch-pruning")]
        folder = _stage(context, data, name, stage, key, folder, first, rows[-1])
        rows.append(_row_of(folder))
    limit = recipe.train.min_accuracy
    if stages and limit is not None and not (rows[-1].score or 0.0) >= limit:
        text = f"test accuracy must be at least {limit:.2%}, after {rows[-1].stage} it is {rows[-1].score or 0.0:.2%}"
        raise VerificationError("[train] min_accuracy", text, "prune less, tune longer, or set a lower limit")
    if stages:
        model = _export(context, list(stages.values()), key, folder)
    return Trained(model, folder / NETWORK, rows, json.loads((first / "train.json").read_text("utf-8")))


def rows_text(rows: list[Row]) -> str:
    """The rows as a JSON document."""
    return json.dumps([row.as_json() for row in rows], indent=1) + "\n"


def _check_untrained(context: Context, data: Data, check: Callable[[Graph], str], network: list[Any]) -> None:
    from edgekit import train

    recipe = context.recipe
    for stage in crosstrain.wanted(recipe).values():
        if hasattr(stage, "require"):
            stage.require(recipe)
    with context.stage("check untrained") as done:
        parts = [network, recipe.train.seed, recipe.train.task]
        folder = context.entry(done, "untrained", parts, lambda f: train.export_untrained(recipe, f / MODEL, data=data))
        done.text = check(passes.optimize(frontend.load(folder / MODEL)))


def _train(context: Context, data: Data, key: list[Any]) -> Path:
    from edgekit import train

    recipe = context.recipe
    with context.stage("train") as done:

        def make(folder: Path) -> None:
            # The trainer keeps its state in a folder of its own, so that a killed training goes on where it was.
            work = context.output / ".cache" / "training" / digest("training", *key)
            tuning = _taught(context, data, work.parent)
            result = train.train(recipe, work, progress=context.progress, data=data, tuning=tuning)
            train.export_onnx(recipe, result.checkpoint, folder / MODEL)
            with files.disk_errors(folder):
                shutil.copyfile(result.checkpoint, folder / NETWORK)
            scores = {
                "metric": result.metric, "best_epoch": result.best_epoch, "epochs": len(result.history),
                "validation": result.validation_score, "test": result.test_score, "test_auc": result.test_auc,
                "seconds": result.seconds,
            }  # fmt: skip
            (folder / "train.json").write_text(json.dumps(scores), "utf-8")
            cost = cost_of(passes.optimize(frontend.load(folder / MODEL)))
            text = f"{len(result.history)} epochs"
            score = None if math.isnan(result.test_score) else result.test_score
            row = Row("train", result.metric, score, result.test_auc, **vars(cost), seconds=result.seconds, text=text)
            _write(folder, row)

        # Other processes, which know nothing of this cache, wait for rank 0 in `train`; a finished one returns at once.
        shared = train.distributed(recipe.train) and (train.launched() or recipe.train.nodes > 1)
        folder = context.entry(done, "train", key, make, anew=shared)
        done.text = _row_of(folder).sentence()
    return folder


def _teacher_parts(recipe: Recipe) -> list[Any]:
    """Of a first training that has a teacher; nothing else in [distill] matters to it."""
    from edgekit.crosstrain.stages import distill

    return [distill.parts(recipe), code(*CODE)] if recipe.distill and recipe.distill.when == "training" else []


def _taught(context: Context, data: Data, folder: Path) -> Tuning | None:
    """What a teacher changes about the first training. Raises UsageError on several nodes, which share no files."""
    recipe = context.recipe
    if recipe.distill is None or recipe.distill.when != "training":
        return None
    from edgekit import train
    from edgekit.crosstrain.teachers import teaching
    from edgekit.train.tuning import Tuning

    if train.launched() or recipe.train.nodes > 1:
        raise UsageError("[distill] when", "a teacher in the first training works on one node only", 'when = "after"')
    found = teaching(recipe, data, None, folder, context.progress)
    assert found is not None
    return Tuning(criterion=found.criterion(), identity=found.identity)


def _stage(
    context: Context, data: Data, name: str, stage: ModuleType, key: list[Any], before: Path, first: Path, last: Row
) -> Path:
    """One stage of cross-training on the network in the entry `before`; its own entry."""
    with context.stage(name) as done:

        def make(folder: Path) -> None:
            from edgekit.crosstrain import checkpoint

            start = time.perf_counter()
            work = context.output / ".cache" / "training" / digest(name, *key)
            loaded = checkpoint.load(context.recipe, before / NETWORK)
            step = Step(
                name, context.recipe, data, loaded, before / NETWORK, first / NETWORK, work, tuple(context.targets),
                context.progress,
            )  # fmt: skip
            with _seeded(context):
                outcome = stage.run(step)
            changes = step.changes(outcome.change)
            checkpoint.save(folder / NETWORK, outcome.network, loaded.about, changes)
            cost = Cost(last.macs, last.parameters, last.bytes)
            if getattr(stage, "RESHAPES", False):
                cost = cost_of(float_graph(context.recipe, outcome.network, loaded.signature))
            score, auc = _scores(outcome.network, loaded, data)
            seconds = time.perf_counter() - start
            _write(folder, Row(name, last.metric, score, auc, **vars(cost), seconds=seconds, facts=outcome.facts,
                               text=outcome.text))  # fmt: skip

        folder = context.entry(done, name, key, make)
        done.text = _row_of(folder).sentence()
    return folder


@contextlib.contextmanager
def _seeded(context: Context) -> Iterator[None]:
    """Stages may draw random numbers: they are the same in every run, and the caller's generators are left alone."""
    from edgekit.train import job

    with job.random_state_kept():
        job.seed(context.recipe.train.seed)
        yield


def _scores(network: Any, loaded: Loaded, data: Data) -> tuple[float | None, float | None]:
    import torch

    from edgekit.train import evaluate

    score, auc = evaluate.test_scores(network.cpu(), loaded.signature.task, data, torch.device("cpu"))
    return (None if math.isnan(score) else score), auc


def _export(context: Context, stages: list[ModuleType], key: list[Any], last: Path) -> Path:
    with context.stage("export") as done:

        def make(folder: Path) -> None:
            from edgekit.crosstrain import checkpoint
            from edgekit.train import export

            loaded = checkpoint.load(context.recipe, last / NETWORK)
            writers = [stage.export for stage in stages if hasattr(stage, "export")]
            if writers:
                writers[-1](loaded.network, context.recipe, loaded.signature, folder / MODEL)
            else:
                export.write(context.recipe, loaded.network, loaded.signature, folder / MODEL)

        folder = context.entry(done, "export", [key, code(*CODE)], make)
        done.text = f"float ONNX, {(folder / MODEL).stat().st_size:,} bytes"
    return folder / MODEL


def _write(folder: Path, row: Row) -> None:
    (folder / ROW).write_text(json.dumps(row.as_json()), "utf-8")


def _row_of(folder: Path) -> Row:
    return Row(**json.loads((folder / ROW).read_text("utf-8")))
