"""Two runners and one emulated board, shared through labgrid's coordinator and exporter on this machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit.device import lease as lease_module
from edgekit.device.lease import lease
from edgekit.errors import ToolError
from tests.hil.conftest import build

ROOT = Path(__file__).resolve().parents[2]


def test_missing_labgrid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_module, "CLIENT", "labgrid-client-that-is-not-there")
    with pytest.raises(ToolError, match="not installed") as caught, lease("desk"):
        pass
    assert 'pip install "edgekit[hil]"' in caught.value.fix


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def client(coordinator: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["labgrid-client", "--coordinator", coordinator, "--place", "desk", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A coordinator, an exporter and a board; (coordinator's address, build folder)."""
    if shutil.which("labgrid-coordinator") is None:
        pytest.skip('NOT RUN: labgrid is not on the PATH: pip install "edgekit[hil]"')
    folder = tmp_path_factory.mktemp("lab")
    build("qemu-m4", "", folder)
    serial, coordinator = free_port(), f"127.0.0.1:{free_port()}"
    resource = {"desk": {"NetworkSerialPort": {"host": "127.0.0.1", "port": serial, "protocol": "raw"}}}
    (folder / "exporter.yaml").write_text(json.dumps(resource), "utf-8")
    qemu = ["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-icount", "shift=8"]
    commands = [
        [*qemu, "-serial", f"tcp:127.0.0.1:{serial},server=on,wait=off", "-kernel", "firmware.elf"],
        ["labgrid-coordinator", "-l", coordinator],
        ["labgrid-exporter", "-c", coordinator, "-n", "lab", "--hostname", "127.0.0.1", "exporter.yaml"],
    ]
    children = []
    try:
        for command in commands:
            with (folder / f"{command[0]}.log").open("wb") as log:
                children.append(subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
            time.sleep(1)
        deadline = time.monotonic() + 60
        while "lab/desk/NetworkSerialPort" not in client(coordinator, "resources").stdout:
            assert time.monotonic() < deadline, "the exporter does not come up"
            time.sleep(0.5)
        assert client(coordinator, "create").returncode == 0
        assert client(coordinator, "add-match", "lab/desk/NetworkSerialPort").returncode == 0
        yield coordinator, folder
    finally:
        for child in children:
            child.kill()
            child.wait()


def start(lab: tuple[str, Path], wait: int, runs: int) -> subprocess.Popen[str]:
    words = ["desk", str(lab[1]), str(wait), str(runs)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.hil.runner", *words], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        env={**os.environ, "LG_COORDINATOR": lab[0]},
    )  # fmt: skip


def result(child: subprocess.Popen[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(child.communicate(timeout=240)[0].splitlines()[-1])
    return found


@pytest.mark.slow
def test_two_runners_and_one_board(lab: tuple[str, Path]) -> None:
    """One has the board, the other waits; both get the right numbers, at different times."""
    found = [result(child) for child in [start(lab, 200, 20), start(lab, 200, 20)]]
    assert [f.get("exact") for f in found] == [True, True], found
    first, second = sorted(found, key=lambda f: float(str(f["begun"])))
    assert float(str(first["ended"])) <= float(str(second["begun"]))


@pytest.mark.slow
def test_taken_board_is_refused_clearly(lab: tuple[str, Path]) -> None:
    with lease("desk", lab[0]):
        assert "already acquired" in str(result(start(lab, 0, 1))["error"])
    assert result(start(lab, 0, 1))["exact"] is True


@pytest.mark.slow
def test_no_such_place(lab: tuple[str, Path]) -> None:
    with pytest.raises(ToolError, match="labgrid place nowhere"), lease("nowhere", lab[0]):
        pass


@pytest.mark.slow
def test_the_tests_of_a_board_with_a_place(lab: tuple[str, Path]) -> None:
    """`--place` leases the board for the run, and gives it back."""
    command = ["-m", "pytest", "tests/hil/test_board.py", "--place", "desk", "--build", str(lab[1])]
    environment = {**os.environ, "LG_COORDINATOR": lab[0]}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, text=True, capture_output=True, timeout=240, env=environment
    )
    assert done.returncode == 0 and "6 passed" in done.stdout, done.stdout[-2000:]
    assert result(start(lab, 0, 1))["exact"] is True
