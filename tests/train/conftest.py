"""Small recipes on small random data: a class is a bright corner under noise, so that something can be learnt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.recipe import Recipe


def write_corners(path: Path, n: int = 120, size: int = 12) -> Path:
    rng = np.random.default_rng(7)
    y = np.arange(n) % 4
    x = rng.normal(0, 0.3, (n, size, size, 1)).astype(np.float32)
    half = size // 2
    for corner in range(4):
        top, left = corner // 2 * half, corner % 2 * half
        x[y == corner, top : top + half, left : left + half] += 1
    np.savez(path, x=x, y=y)
    return path


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[..., Recipe]:
    """`recipe(network, options, normal=..., **train)`: a recipe on four corners, three epochs of few steps."""
    path = write_corners(tmp_path / "corners.npz")

    def make(network: str = "lenet5", options: dict[str, Any] | None = None, **keys: Any) -> Recipe:
        data = {"dataset": "npz", "path": path, "normal": keys.pop("normal", ())}
        train = {"epochs": 3, "batch_size": 16, "learning_rate": 3e-3, **keys}
        model = {"network": network, "options": options or {}}
        return Recipe.model_validate({"name": "corners", "data": data, "model": model, "train": train})

    return make
