"""A small recipe with a space to search, and trials that cost nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgekit.recipe import Recipe, load_recipe
from edgekit.search.toml import dumps
from tests.train.conftest import write_corners

SPACE = {
    "model.options.width": {"choices": [0.25, 0.5, 1.0, 2.0]},
    "train.learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write(space, **search)`: the path of a recipe on four corners."""
    write_corners(tmp_path / "corners.npz")

    def make(space: dict[str, Any] | None = None, **search: Any) -> Path:
        values = {
            "name": "corners",
            "data": {"dataset": "npz", "path": "corners.npz"},
            "model": {"network": "lenet5"},
            "train": {"epochs": 2, "batch_size": 16, "threads": 1},
            "search": {"space": SPACE if space is None else space, "population": 4, **search},
        }
        path = tmp_path / "corners.toml"
        path.write_text(dumps(values))
        return path

    return make


@pytest.fixture
def recipe(write: Callable[..., Path]) -> Callable[..., Recipe]:
    return lambda *args, **kwargs: load_recipe(write(*args, **kwargs))


def made_up(bench: Any, point: dict[str, Any], progress: Any) -> Any:
    """An outcome that is a function of the point: in place of training. Width 2 fits no board."""
    pytest.importorskip("optuna")
    from edgekit.search.costs import Costs
    from edgekit.search.trial import Infeasible, Outcome

    width, rate = point["model.options.width"], point["train.learning_rate"]
    costs = {"latency": 1000.0 * width, "ram": 100.0 * width, "flash": 500.0 * width, "macs": 1.0, "parameters": 1.0}
    found = Costs(costs, "cycles", True)
    if width == 2.0:
        raise Infeasible({"ram": (0.5, "too much")}, found, "before training")
    return Outcome(math.exp(-((math.log10(rate) + 2) ** 2)) * width / (0.1 + width), "accuracy", found)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that cost nothing."""
    pytest.importorskip("optuna")
    from edgekit.search import plan
    from edgekit.search.trial import Bench

    monkeypatch.setattr(Bench, "run", made_up)
    monkeypatch.setattr(Bench, "tested", lambda bench, point, progress: None)
    monkeypatch.setattr(plan, "_unit", lambda bench: "cycles")
