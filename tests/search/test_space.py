"""Spaces and recipes: what is wrong is said before any trial; what is written is read back."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgekit.errors import EdgekitError, InputError
from edgekit.recipe import Recipe, load_recipe
from edgekit.search import search, space
from edgekit.search.section import Dimension
from edgekit.search.toml import dumps

Make = Callable[..., Recipe]
RATE = {"low": 1e-4, "high": 1e-1, "log": True}

scalars = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])  # busy machines are slow
@given(st.dictionaries(st.text(), values))
def test_toml_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    assert tomllib.loads(dumps(document)) == document


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "names nothing to vary"),
        ({"train.learning_rat": RATE}, r"train\.learning_rat: there is no such key"),
        ({"train.learning_rate": {"low": -1.0, "high": 1.0}}, "greater than 0, found -1.0"),
        ({"train.optimizer": {"choices": ["adam", "adamm"]}}, "adamm"),
        ({"model.options.wdth": {"choices": [1.0]}}, "does not take these options"),
        ({"model.network.width": {"choices": [1.0]}}, "is no table"),
        ({"search.seed": {"low": 1, "high": 2}}, "does not change a network"),
        ({"quantize.method": {"choices": ["minmax", "median"]}}, "median"),
        ({"target.nano33ble.optimise": {"choices": ["ram"]}}, "optimise"),
        ({"train..epochs": {"low": 1, "high": 2}}, "is no dotted key"),
    ],
)
def test_a_wrong_space_is_one_error_before_any_trial(recipe: Make, tmp_path: Path, wrong: Any, said: str) -> None:
    pytest.importorskip("optuna")
    with pytest.raises(EdgekitError, match=said):
        search(recipe(wrong), "nano33ble", 3, output=tmp_path / "build")
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"low": 1}, "needs choices"),
        ({"low": 2, "high": 1}, "low must be below high"),
        ({"low": 0.0, "high": 1.0, "log": True}, "log needs a low above zero"),
        ({"choices": [1], "low": 1}, "choices stand alone"),
        ({"choices": []}, "at least 1 item"),
        ({"low": 1, "high": 9, "step": 0.5}, "step of integers"),
        ({"low": 1, "high": 2, "lgo": True}, "there is no such key"),
    ],
)
def test_a_wrong_dimension(recipe: Make, wrong: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        recipe({"train.epochs": wrong})


def test_limits_are_numbers_with_units(recipe: Make) -> None:
    found = recipe(limits={"ram": "64 KiB", "latency": "1.5 M", "flash": 1000, "accuracy": 0.9}).search.limits
    assert found == {"ram": 65536, "latency": 1_500_000, "flash": 1000, "accuracy": 0.9}
    with pytest.raises(InputError, match=r"limits\.ram.*64 KB"):
        recipe(limits={"ram": "64 KB"})


def test_tables_are_dotted_keys(write: Callable[..., Path]) -> None:
    nested = {"train": {"learning_rate": RATE}, "model": {"options": {"width": {"choices": [1.0]}}}}
    assert set(load_recipe(write(nested)).search.space) == {"train.learning_rate", "model.options.width"}


def test_overlay() -> None:
    before = {"model": {"options": {"hidden": [1]}}}
    after = space.overlaid(before, {"model.options.hidden": [2], 'quantize.layers."a.b"': "int16"})
    assert after == {"model": {"options": {"hidden": [2]}}, "quantize": {"layers": {"a.b": "int16"}}}
    assert before == {"model": {"options": {"hidden": [1]}}}, "the recipe itself stays"


def test_number_of_points() -> None:
    width, epochs = Dimension(choices=([1], [1, 2], [1])), Dimension(low=1, high=9, step=4)
    assert space.points({"a": width, "b": epochs}) == 6
    assert space.points({"a": width, "b": Dimension(low=0.0, high=1.0, step=0.1)}) == 22
    assert space.points({"a": width, "b": Dimension(low=1e-3, high=1.0)}) == math.inf
