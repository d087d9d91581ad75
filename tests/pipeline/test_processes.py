"""One build started in several processes, as torchrun does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgekit import train

ROOT = Path(__file__).resolve().parents[2]
RECIPE = """
name = "two"
[data]
dataset = "npz"
path = "d.npz"
[model]
network = "mlp"
options = {hidden = [8]}
[train]
epochs = 2
devices = 2
accelerator = "cpu"
[build]
targets = ["reference"]
"""


@pytest.mark.parametrize(
    ("variables", "rank"),
    [
        ({}, 0),
        ({"RANK": "3"}, 0),
        ({"TORCHELASTIC_RUN_ID": "x", "RANK": "3"}, 3),
        ({"SLURM_NTASKS": "4", "SLURM_PROCID": "2"}, 2),
        ({"NODE_RANK": "1"}, 1),
    ],
)
def test_rank(variables: dict[str, str], rank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TORCHELASTIC_RUN_ID", "RANK", "SLURM_NTASKS", "SLURM_PROCID", "NODE_RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert train.rank() == rank


@pytest.mark.slow
def test_under_torchrun_all_train_and_one_builds(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(200, 6)).astype(np.float32)
    np.savez(tmp_path / "d.npz", x=x, y=(x[:, 0] > 0).astype(np.int64))
    (tmp_path / "two.toml").write_text(RECIPE)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "edgekit"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for verb in ("build", "build", "train"):  # the second build finds the finished training, in both processes
        words = [*command, verb, "two.toml", "--json"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=300, env=environment)
        assert done.returncode == 0, done.stderr[-3000:]
        assert json.loads(done.stdout)["name"] == "two"  # one document: that of rank 0
    assert (tmp_path / "build" / "two" / "reference" / "manifest.json").is_file()
    assert (tmp_path / "build" / "two" / "train" / "two.onnx").is_file()
