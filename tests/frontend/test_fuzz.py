"""Damaged and hostile `.tflite` files: a graph or one clear error, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def fuzz(first: int, count: int, models: list[Path]) -> dict[str, int]:
    """Runs `tests.frontend.fuzz` in a process of its own; the number of files by how they ended."""
    command = [sys.executable, "-m", "tests.frontend.fuzz", str(first), str(count), *map(str, models)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"the process died: {done.returncode}\n{done.stderr[-2000:]}"
    result = json.loads(done.stdout)
    assert not result["failures"], "\n".join(result["failures"][:20])
    outcomes: dict[str, int] = result["outcomes"]
    assert sum(outcomes.values()) == count
    refused = sum(n for kind, n in outcomes.items() if kind.startswith("read: "))
    assert count // 4 < refused < count, outcomes  # the damage is neither harmless nor blunt
    return outcomes


def test_damaged_files() -> None:
    fuzz(0, 2000, [])


def test_damaged_real_models(shared: Path) -> None:
    fuzz(100_000, 300, sorted((shared / "models").glob("*/*.tflite")))


@pytest.mark.slow
def test_many_damaged_real_models(shared: Path) -> None:
    fuzz(200_000, 12_000, sorted((shared / "models").glob("*/*.tflite")))
