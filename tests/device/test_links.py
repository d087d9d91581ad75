"""Boards that die, hang or are restarted for real: processes and emulators, pipes and terminals."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends import c
from edgekit.backends.c import vehicle
from edgekit.device.link import SerialLink
from edgekit.device.session import Session
from edgekit.errors import ToolError
from edgekit.reference import Simulator
from edgekit.target import load_targets
from tests.backends.graphs import small_int8

CHILDREN = "/proc/self/task/{}/children"
TOOLS = {"host-c": ("cc",), "qemu-m4": ("arm-none-eabi-gcc", "qemu-system-arm")}


@pytest.fixture(scope="module", params=TOOLS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = [tool for tool in TOOLS[request.param] if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    made: Path = tmp_path_factory.mktemp(request.param)
    c.compile(small_int8(), load_targets()[request.param], made)
    return made


def newest_child() -> int:
    return int(Path(CHILDREN.format(threading.get_native_id())).read_text().split()[-1])


@contextmanager
def running(folder: Path, patience: float = 0.2) -> Iterator[tuple[vehicle.Vehicle, int]]:
    with vehicle.start(folder) as found:
        found.session._patience = patience
        yield found, newest_child()


def test_killed_between_requests(folder: Path) -> None:
    with running(folder) as (found, child):
        os.kill(child, signal.SIGKILL)
        with pytest.raises(ToolError) as caught:
            found.bench()
    assert "vanished" in caught.value.what or "ended with status -9" in caught.value.what
    assert caught.value.fix and caught.value.where.startswith(("port /dev/pts/", "firmware process"))


def test_killed_at_any_moment(folder: Path) -> None:
    """Right numbers until the end, then one error."""
    x = np.random.default_rng(1).integers(-128, 128, (1, 9, 9, 3)).astype(np.int8)
    want = Simulator(small_int8()).run({"x": x})["z"]
    for delay in (0.0, 0.002, 0.01, 0.03):
        with running(folder) as (found, child):
            timer = threading.Timer(delay, os.kill, (child, signal.SIGKILL))
            timer.start()
            with pytest.raises(ToolError, match=r"vanished|ended with status -9"):
                while True:
                    assert np.array_equal(found.run({"x": x})["z"], want)
            timer.join()


def test_stopped(folder: Path) -> None:
    """A board that hangs: one error when patience ends, and no hang of ours."""
    with running(folder, patience=0.05) as (found, child):
        os.kill(child, signal.SIGSTOP)
        try:
            with pytest.raises(ToolError, match="no answer to 'load'"):
                found.session.layer_crcs(bytes(found.session.info.input), patience=0.1)
        finally:
            os.kill(child, signal.SIGCONT)


def test_stopped_for_a_while(folder: Path) -> None:
    with running(folder, patience=0.1) as (found, child):
        os.kill(child, signal.SIGSTOP)
        threading.Timer(0.3, os.kill, (child, signal.SIGCONT)).start()
        x = np.zeros((1, 9, 9, 3), np.int8)
        assert found.verify({"x": x}).first_difference is None


def test_closed_terminal() -> None:
    master, slave = pty.openpty()
    link = SerialLink(os.ttyname(slave))
    os.close(slave)
    os.close(master)
    with pytest.raises(ToolError, match="vanished"):
        for _ in range(3):
            link.write(b"x")
            link.read(0.1)
    link.close()


def test_terminal_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full serial buffer: an error after the time limit, not a hang."""
    monkeypatch.setattr("edgekit.device.link.WRITE_SECONDS", 0.2)
    master, slave = pty.openpty()
    link = SerialLink(os.ttyname(slave))
    with pytest.raises(ToolError, match=r"takes no bytes for 0\.2 s"):
        for _ in range(100):
            link.write(b"x" * 1000)
    for end in (master, slave):
        os.close(end)
    link.close()


def test_port_is_for_one_process() -> None:
    master, slave = pty.openpty()
    port = os.ttyname(slave)
    link = SerialLink(port)
    code = f"from edgekit.device.link import SerialLink; SerialLink({port!r})"
    second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (
        second.stderr.strip()
        .splitlines()[-1]
        .startswith(f"edgekit.errors.ToolError: port {port}: is in use by another program")
    )
    link.close()
    third = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert third.returncode == 0, third.stderr
    for end in (master, slave):
        os.close(end)


def test_no_such_port() -> None:
    with pytest.raises(ToolError, match=r"port /dev/ttyNONE: cannot be opened.*plugged in"):
        SerialLink("/dev/ttyNONE")


def test_emulator_reset_in_the_middle(folder: Path, tmp_path: Path) -> None:
    """QEMU's system_reset at any moment of a conversation: right numbers all the same."""
    if "qemu" not in folder.name:
        pytest.skip("needs a machine that can be reset")
    import socket

    monitor = tmp_path / "monitor"
    command = ["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-icount", "shift=8", "-kernel"]
    command += [str(folder / "firmware.elf"), "-serial", "pty", "-monitor", f"unix:{monitor},server=on,wait=off"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
        try:
            assert child.stdout is not None
            link = SerialLink(child.stdout.readline().decode().split()[4])
            session = Session(link, small_int8().fingerprint(), patience=0.2)
            x = np.random.default_rng(2).integers(-128, 128, (1, 9, 9, 3)).astype(np.int8)
            want = Simulator(small_int8()).run({"x": x})["z"].tobytes()
            places = {json.loads((folder / "firmware.json").read_text("utf-8"))["offsets"]["z"]: 200}
            began = time.monotonic()
            assert session.infer(x.tobytes(), places) == [want]
            pause = max(0.7, 3 * (time.monotonic() - began))  # a busy host must be able to finish in between
            done = threading.Event()

            def reset_often() -> None:
                with socket.socket(socket.AF_UNIX) as line:
                    line.connect(str(monitor))
                    while not done.wait(pause):
                        line.sendall(b"system_reset\n")

            thread = threading.Thread(target=reset_often)
            thread.start()
            try:
                until = time.monotonic() + 4 * pause
                while time.monotonic() < until:
                    assert session.infer(x.tobytes(), places) == [want]
            finally:
                done.set()
                thread.join()
                link.close()
            assert session.retries > 0
        finally:
            child.kill()
