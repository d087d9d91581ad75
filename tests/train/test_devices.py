"""Several processes and several nodes: the accuracy of one process, and resumption; killed by signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from edgekit.search.toml import dumps
from tests.train.conftest import write_corners

pytest.importorskip("torch", reason="needs the extra train")

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def recipe_in(folder: Path, seed: int = 0, **train: Any) -> Path:
    """A folder with a recipe and its data, like the checkout of one node."""
    folder.mkdir()
    write_corners(folder / "corners.npz", 240)
    values = {
        "name": "corners",
        "data": {"dataset": "npz", "path": "corners.npz"},
        "model": {"network": "resnet8", "options": {"filters": 4}},
        "train": {"batch_size": 16, "learning_rate": 3e-3, "accelerator": "cpu", "threads": 1, "seed": seed, **train},
    }
    (folder / "edgekit.toml").write_text(dumps(values))
    return folder


def listening() -> None:
    """Ctrl-C counts in the child although whoever runs the tests may ignore it, as shells' background jobs do."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(process: subprocess.Popen[str]) -> Any:
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error[-3000:]
    return json.loads(out)


def train(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "edgekit", "train", "--json", *words]
    return subprocess.Popen(
        command, cwd=folder, env=environment(), text=True, start_new_session=True, preexec_fn=listening,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def signalled(processes: list[subprocess.Popen[str]], folder: Path, number: signal.Signals) -> list[int]:
    """Send a signal to everything that was started, after the first whole epoch; the exit codes."""
    deadline = time.monotonic() + 120
    while not (folder / "build" / "corners" / "train" / "last.safetensors").exists():
        assert time.monotonic() < deadline and all(p.poll() is None for p in processes)
        time.sleep(0.02)
    for process in processes:
        os.killpg(process.pid, number)
    for process in processes:
        process.communicate(timeout=60)
    return [process.returncode for process in processes]


def checkpoints(folder: Path) -> list[bytes]:
    trained = folder / "build" / "corners" / "train"
    return [(trained / f"{name}.safetensors").read_bytes() for name in ("best", "last")]


TWO = ("--devices", "2", "--strategy", "ddp")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_processes_have_the_accuracy_of_one(tmp_path: Path, seed: int) -> None:
    one = finished(train(recipe_in(tmp_path / "one", seed)))
    two = finished(train(recipe_in(tmp_path / "two", seed), *TWO))
    # 24 validation and 48 test samples: one sample is 4 and 2 points
    assert abs(one["validation_score"] - two["validation_score"]) <= 1 / 24 + 1e-9
    assert abs(one["test_score"] - two["test_score"]) <= 2 / 48 + 1e-9


@pytest.mark.slow
def test_ctrl_c_in_two_processes_and_resume_gives_the_bits_of_an_unbroken_run(tmp_path: Path) -> None:
    whole, broken = recipe_in(tmp_path / "whole", epochs=30), recipe_in(tmp_path / "broken", epochs=30)
    history = finished(train(whole, *TWO))["history"]
    assert signalled([train(broken, *TWO)], broken, signal.SIGINT) == [130]
    assert not (broken / "build" / "corners" / "train" / "result.json").exists(), "the signal came too late"
    assert finished(train(broken, *TWO))["history"] == history
    assert checkpoints(broken) == checkpoints(whole)


def nodes(folders: list[Path], port: int) -> list[subprocess.Popen[str]]:
    """`torchrun` once per node, as it would be started on machines of their own."""
    started = []
    for rank, folder in enumerate(folders):
        command = [
            sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1", "--node-rank",
            str(rank), "--master-addr", "127.0.0.1", "--master-port", str(port), "-m", "edgekit", "train", "--json",
            "--nodes", "2",
        ]  # fmt: skip
        started.append(subprocess.Popen(
            command, cwd=folder, env=environment(), text=True, start_new_session=True, preexec_fn=listening,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ))  # fmt: skip
    return started


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.slow
def test_two_nodes_train_one_network_and_resume(tmp_path: Path) -> None:
    """Each node has files of its own: only the first one's are written."""
    whole = [recipe_in(tmp_path / f"whole{rank}", epochs=30) for rank in range(2)]
    broken = [recipe_in(tmp_path / f"broken{rank}", epochs=30) for rank in range(2)]
    first, second = nodes(whole, free_port())
    history = finished(first)["history"]
    assert second.communicate(timeout=60)[0] == "" and second.returncode == 0, "only the first of all processes tells"
    assert not (whole[1] / "build").exists()
    signalled(nodes(broken, free_port()), broken[0], signal.SIGKILL)
    shutil.rmtree(broken[1] / "build", ignore_errors=True)
    again, other = nodes(broken, free_port())
    assert finished(again)["history"] == history
    assert other.wait(timeout=60) == 0
    assert checkpoints(broken[0]) == checkpoints(whole[0])
