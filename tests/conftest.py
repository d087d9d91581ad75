"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("any machine", deadline=None)  # no example is timed: machines are shared
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real models and data that lies beside the checkout on development machines."""
    folder = Path(os.environ.get("EDGEKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "models").is_dir():
        pytest.skip("development models are not here: set EDGEKIT_SHARED to a folder that has models/ and data/")
    return folder
