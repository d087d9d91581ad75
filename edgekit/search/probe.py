"""The int8 graph that a recipe will give, as far as it is known before training: shapes and types, not values."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edgekit import crosstrain
from edgekit.graph import Graph, is_quantized
from edgekit.pipeline.samples import as_input
from edgekit.quantization import drafted
from edgekit.quantization.calibration import said_already
from edgekit.quantization.data_free import draft_without_data
from edgekit.quantization.lowering import lower
from edgekit.recipe import Recipe
from edgekit.target import Target

if TYPE_CHECKING:
    from edgekit.zoo.data import Data

SAMPLES = 8  # costs follow from shapes and types; the ranges that a few samples give do for them
AT_ONCE = {"epochs": 0, "steps": 1, "distill": False}  # settings of a stage that only reshapes


def lowered(graph: Graph, recipe: Recipe, data: Data | None) -> Graph:
    """The int8 form of a float graph whose weights do not matter."""
    if is_quantized(graph):
        return graph
    with said_already():
        if data is None:
            return lower(draft_without_data(graph, recipe.quantize))
        samples = as_input(graph, data.train_x[:SAMPLES], "the data set")
        return lower(drafted(graph, samples, recipe.quantize))


def reshaped(graph: Graph, recipe: Recipe, data: Data, target: Target) -> Graph:
    """`graph`, of the untrained network, as the recipe's stages of cross-training will make it smaller.

    They work on the untrained weights here. How many channels a layer loses follows from the budgets where every layer
    loses its share; where layers compete for channels, the weights decide too, and this is an estimate.

    Raises:
        UnsupportedError: a budget that cannot be kept.
    """
    stages = {name: one for name, one in crosstrain.wanted(recipe).items() if getattr(one, "RESHAPES", False)}
    if not stages:
        return graph
    from edgekit.crosstrain.checkpoint import Loaded
    from edgekit.crosstrain.cost import float_graph
    from edgekit.crosstrain.step import Step
    from edgekit.train import job
    from edgekit.train.network import Signature, build, task_of

    signature = Signature.of(data, task_of(recipe.train.task, recipe.model, data))
    with tempfile.TemporaryDirectory() as folder, job.random_state_kept():
        job.seed(recipe.train.seed)
        loaded = Loaded(build(recipe.model, signature), signature, {}, ())
        none = Path(folder)  # nothing is trained, so nothing is read from or written to files
        for name, stage in stages.items():
            section = getattr(recipe, name)
            settings = {key: value for key, value in AT_ONCE.items() if key in type(section).model_fields}
            quick = recipe.model_copy(update={name: section.model_copy(update=settings)})
            step = Step(name, quick, data, loaded, none, none, none, (target,))
            outcome = stage.run(step)
            loaded = replace(loaded, network=outcome.network, changes=step.changes(outcome.change))
        return float_graph(recipe, loaded.network, signature)
