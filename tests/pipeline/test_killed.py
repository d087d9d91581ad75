"""A build killed at any moment leaves the former build whole, and so does a full disk."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edgekit import files
from edgekit.errors import MachineError
from edgekit.frontend.tflite import save
from edgekit.pipeline import build
from tests.backends.graphs import small_int8
from tests.pipeline.killer import leftovers, state

ROOT = Path(__file__).resolve().parents[2]


def kill_many(folder: Path, kills: int, *words: str) -> Any:
    command = [sys.executable, "-m", "tests.pipeline.killer", str(folder), str(kills), "1", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("kills", [25, pytest.param(500, marks=pytest.mark.slow)])
def test_kills_leave_the_former_build_whole(tmp_path: Path, kills: int) -> None:
    found = kill_many(tmp_path, kills)
    assert len(found["states"]) == kills + 1
    assert set(found["states"]) == {"whole"}, "once there, a build is there at every moment"
    assert kills < 100 or found["seen"] > 0, "no kill fell into a write: the test is too tame"
    assert (found["status"], found["end"], found["left"]) == (0, "whole", [])


@pytest.mark.slow
def test_kills_without_an_exchange_of_names(tmp_path: Path) -> None:
    found = kill_many(tmp_path, 200, "--no-exchange")
    assert set(found["states"]) <= {"absent", "whole"}
    assert (found["status"], found["end"], found["left"]) == (0, "whole", [])


def test_a_kill_between_the_two_renames_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where names cannot be exchanged there is a moment between two renames; the next build puts it right."""
    save(small_int8(), tmp_path / "small.tflite")
    build(tmp_path / "small.tflite", ["coral"], tmp_path / "build")
    former = (tmp_path / "build" / "small" / "coral" / "manifest.json").read_bytes()
    save(small_int8(seed=1), tmp_path / "small.tflite")
    pid = os.fork()
    if pid == 0:
        real = os.rename

        def rename(source: Any, target: Any) -> None:
            real(source, target)
            if files.OLD in str(target):
                os._exit(7)

        files._exchange = lambda first, second: False
        os.rename = rename
        build(tmp_path / "small.tflite", ["coral"], tmp_path / "build")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert state(tmp_path) == "absent" and leftovers(tmp_path)
    folder = tmp_path / "build" / "small" / "coral"
    files.recover(folder)
    assert state(tmp_path) == "whole" and (folder / "manifest.json").read_bytes() == former
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("limit", [100, 1500, 4500])
def test_a_full_disk_is_one_clear_error(tmp_path: Path, limit: int) -> None:
    """No file may grow beyond `limit`: the kernel refuses a write in the middle of a file, as a full disk does."""
    save(small_int8(), tmp_path / "small.tflite")
    build(tmp_path / "small.tflite", ["coral"], tmp_path / "build")
    save(small_int8(seed=1), tmp_path / "small.tflite")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python has it: vendors' libraries take that back
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(MachineError, match="cannot be written: File too large"):
            build(tmp_path / "small.tflite", ["coral"], tmp_path / "build")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert state(tmp_path) == "whole" and leftovers(tmp_path) == []
    assert not build(tmp_path / "small.tflite", ["coral"], tmp_path / "build").nothing_to_do


def test_no_permission_is_one_clear_error(tmp_path: Path) -> None:
    save(small_int8(), tmp_path / "small.tflite")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(MachineError, match="cannot be written"):
        build(tmp_path / "small.tflite", ["coral"], tmp_path / "file" / "build")
