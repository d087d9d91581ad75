"""Damaged and hostile `.onnx` files: a graph or one clear error, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def fuzz(first: int, count: int, models: list[Path]) -> None:
    """Runs `tests.frontend.onnx_fuzz` in a process of its own, so that a crash in C++ code is seen as one."""
    command = [sys.executable, "-m", "tests.frontend.onnx_fuzz", str(first), str(count), *map(str, models)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"the process died: {done.returncode}\n{done.stderr[-2000:]}"
    result = json.loads(done.stdout)
    assert not result["failures"], "\n".join(result["failures"][:20])
    outcomes: dict[str, int] = result["outcomes"]
    assert sum(outcomes.values()) == count
    refused = sum(n for kind, n in outcomes.items() if kind.startswith("read: "))
    assert count // 4 < refused < count, outcomes  # the damage is neither harmless nor blunt


def test_damaged_files() -> None:
    fuzz(0, 1500, [])


def test_damaged_real_models(shared: Path) -> None:
    fuzz(100_000, 300, sorted((shared / "models" / "ort").glob("*.onnx")))


@pytest.mark.slow
def test_many_damaged_real_models(shared: Path) -> None:
    fuzz(200_000, 12_000, sorted((shared / "models" / "ort").glob("*.onnx")))
