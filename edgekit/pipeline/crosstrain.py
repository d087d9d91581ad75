"""Training and cross-training without the rest of a build."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from edgekit import files
from edgekit.crosstrain.step import Row
from edgekit.errors import UsageError
from edgekit.graph import Graph
from edgekit.pipeline import training
from edgekit.pipeline.build import check, chosen_targets
from edgekit.pipeline.cache import Cache
from edgekit.pipeline.context import Context
from edgekit.pipeline.lock import lock
from edgekit.pipeline.result import Progress, StageResult
from edgekit.pipeline.source import recipe_of
from edgekit.recipe import Recipe


@dataclass(frozen=True)
class CrosstrainResult:
    """A network that went through all stages.

    Attributes:
        rows: one per stage, "train" first. stages: with times and what was taken from the cache.
        model: ONNX file, float or with Q/DQ. checkpoint: safetensors.
    """

    name: str
    rows: tuple[Row, ...]
    stages: tuple[StageResult, ...]
    model: Path
    checkpoint: Path
    seconds: float
    notes: tuple[str, ...] = ()


def crosstrain(
    source: Path | str | Recipe, output: Path | str = Path("build"), *, progress: Progress | None = None
) -> CrosstrainResult:
    """Train, run the recipe's stages of cross-training, export to `output/<recipe>/crosstrain/`.

    Raises:
        what `edgekit.pipeline.build` raises before its stage "graph"; UsageError: the recipe trains nothing.
    """
    began = time.perf_counter()
    recipe = recipe_of(source if isinstance(source, Recipe) else Path(source))
    if recipe.model.source is not None:
        raise UsageError("[model] source", "cross-training needs a network that PyTorch trains, found a model file",
                         "name a network instead")  # fmt: skip
    output = Path(output)
    folder = output / recipe.name / "crosstrain"
    with lock(output):
        cache = Cache(output / ".cache")
        cache.clean()
        context = Context(recipe, output, cache, chosen_targets(recipe, recipe.build.targets, None), progress)

        def accepted(graph: Graph) -> str:
            return check(context, graph)

        made = training.trained(context, training.data_of(context), accepted)
        files.recover(folder)
        with files.folder_atomic(folder) as new, files.disk_errors(folder):
            shutil.copyfile(made.model, new / f"{recipe.name}.onnx")
            shutil.copyfile(made.checkpoint, new / f"{recipe.name}.safetensors")
            (new / "stages.json").write_text(training.rows_text(made.rows), "utf-8")
    return CrosstrainResult(
        recipe.name, tuple(made.rows), tuple(context.stages), folder / f"{recipe.name}.onnx",
        folder / f"{recipe.name}.safetensors", time.perf_counter() - began, tuple(context.notes),
    )  # fmt: skip
