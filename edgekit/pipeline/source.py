"""What a build starts from, brought to one form: a recipe."""

from __future__ import annotations

import re
from pathlib import Path

from edgekit.errors import InputError
from edgekit.recipe import BuildSection, ModelSection, QuantizeSection, Recipe, load_recipe

MODELS = (".tflite", ".onnx")


def recipe_of(source: Path | Recipe) -> Recipe:
    """The recipe itself, a recipe file read, or a recipe around a model file (named like it, `[data]` unset).

    Raises:
        InputError: the file is missing or of an unknown kind, or the recipe is malformed.
    """
    if isinstance(source, Recipe):
        return source
    suffix = source.suffix.lower()
    if suffix not in (".toml", *MODELS):
        raise InputError(str(source), "is neither a recipe nor a model", f"known: .toml, {', '.join(MODELS)}")
    if not source.is_file():
        raise InputError(str(source), "does not exist or is no file")
    if suffix == ".toml":
        return load_recipe(source)
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", source.stem).lstrip("_.-")[:64] or "model"
    return Recipe(
        name=name, model=ModelSection(source=source.resolve()), quantize=QuantizeSection(), build=BuildSection()
    )


def has_data(recipe: Recipe) -> bool:
    """Whether the recipe speaks of a data set: one that trains always does, one around a model file only if it says."""
    return recipe.model.source is None or "data" in recipe.model_fields_set
