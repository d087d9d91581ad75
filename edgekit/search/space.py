"""Points of a search space: values of dotted recipe keys, laid over a recipe."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from edgekit.errors import InputError
from edgekit.recipe import Recipe, validated
from edgekit.search.section import Dimension

if TYPE_CHECKING:
    import optuna

Point = dict[str, Any]
SCALARS = (bool, int, float, str)  # what Optuna stores as a choice as it is


def values_of(recipe: Recipe) -> dict[str, Any]:
    """What a recipe's file says, as plain values; paths are absolute, and `[search]` is left out."""
    found: dict[str, Any] = recipe.model_dump(mode="json", exclude_unset=True, exclude_none=True, exclude={"search"})
    return found


def overlaid(values: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with those of `point` at their dotted keys; parts that hold dots themselves stand in double quotes.

    Raises:
        InputError: a key leads through something that is no table.
    """
    found = copy.deepcopy(dict(values))
    for key, value in point.items():
        *path, last = _parts(key)
        table = found
        for part in path:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise InputError(f'[search.space] "{key}"', f"{part} is no table, found {table!r:.80}")
        table[last] = copy.deepcopy(value)
    return found


def recipe_at(values: Mapping[str, Any], point: Mapping[str, Any], where: str = "[search.space]") -> Recipe:
    """The recipe of a point. Raises InputError naming the key that is unknown or out of its bounds."""
    found: Recipe = validated(Recipe, overlaid(values, point), where)
    return found


def require(space: Mapping[str, Dimension], values: Mapping[str, Any]) -> list[Recipe]:
    """The recipes at every choice and both ends of every dimension, each alone, for closer looks.

    Raises:
        InputError: the space is empty, or a key or value is none of a recipe.
    """
    if not space:
        raise InputError("[search.space]", "names nothing to vary", 'give keys, as in "train.learning_rate" = {...}')
    stray = next((key for key in space if _parts(key)[0] in ("search", "build", "name")), None)
    if stray is not None:
        raise InputError(f'[search.space] "{stray}"', "does not change a network", "vary model, train, quantize, ...")
    return [
        recipe_at(values, {key: value}, f'[search.space] "{key}"')
        for key, one in space.items()
        for value in (one.choices if one.choices is not None else (one.low, one.high))
    ]


def suggested(trial: optuna.Trial, space: Mapping[str, Dimension]) -> Point:
    """The point that Optuna wants to be tried."""
    point: Point = {}
    for key, one in space.items():
        if one.choices is not None:
            named = _named(one.choices)
            point[key] = named[trial.suggest_categorical(key, list(named))]
        elif one.integer:
            point[key] = trial.suggest_int(key, one.low, one.high, step=one.step or 1, log=one.log)
        else:
            point[key] = trial.suggest_float(key, one.low, one.high, step=one.step, log=one.log)
    return point


def distributions(space: Mapping[str, Dimension]) -> dict[str, optuna.distributions.BaseDistribution]:
    """What `suggested` asks Optuna for."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    return {
        key: CategoricalDistribution(list(_named(one.choices))) if one.choices is not None
        else IntDistribution(one.low, one.high, one.log, one.step or 1) if one.integer
        else FloatDistribution(one.low, one.high, one.log, one.step)
        for key, one in space.items()
    }  # fmt: skip


def points(space: Mapping[str, Dimension]) -> float:
    """How many different points there are; infinity where a dimension is continuous."""
    count = 1.0
    for one in space.values():
        if one.choices is not None:
            count *= len(_named(one.choices))
        elif one.integer or one.step is not None:
            assert one.low is not None and one.high is not None
            count *= math.floor((one.high - one.low) / (one.step or 1) + 1e-9) + 1
        else:
            return math.inf
    return count


def _named(choices: Sequence[Any]) -> dict[Any, Any]:
    """The choices by what Optuna stores of them."""
    return {choice if isinstance(choice, SCALARS) else json.dumps(choice): choice for choice in choices}


def _parts(key: str) -> list[str]:
    found = [quoted or plain for quoted, plain in re.findall(r'"([^"]+)"|([^."]+)', key)]
    if not found or key.replace('"', "") != ".".join(found):
        raise InputError(f"[search.space] {key!r}", "is no dotted key")
    return found
