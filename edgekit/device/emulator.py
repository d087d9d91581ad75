"""QEMU as a board: the firmware runs on an emulated core and talks over the UART of the emulated board."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from edgekit.device.link import SerialLink
from edgekit.errors import ToolError

QEMU = "qemu-system-arm"
START_SECONDS = 20


def version() -> str:
    """QEMU's version. Raises ToolError when it is absent."""
    if shutil.which(QEMU) is None:
        raise ToolError(QEMU, "is not installed", "apt-get install qemu-system-arm")
    text = subprocess.run([QEMU, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    return "QEMU " + (re.search(r"version (\S+)", text) or ["", "?"])[1]


@contextlib.contextmanager
def board(image: Path, machine: str, icount_shift: int, log: int | None = None) -> Iterator[str]:
    """Run an ELF image; the name of the pseudo-terminal that is the board's first UART, to be opened as a serial port.

    Args:
        machine: QEMU's name of the board.
        icount_shift: one instruction takes 2^shift ns of emulated time, so that the board's timer counts instructions.
        log: a pipe's end for QEMU's log of translated and executed blocks; somebody must read its other end meanwhile.

    Raises:
        ToolError: QEMU is missing or does not start.
    """
    version()
    command = [QEMU, "-M", machine, "-nographic", "-monitor", "none", "-serial", "pty"]
    command += ["-icount", f"shift={icount_shift}", "-kernel", str(image)]
    command += ["-d", "in_asm,exec,nochain", "-D", f"/dev/fd/{log}"] if log is not None else []
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        pass_fds=() if log is None else (log,),
    )  # fmt: skip
    try:
        yield _terminal(process)
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def emulator(image: Path, machine: str, icount_shift: int) -> Iterator[SerialLink]:
    """`board`, its line opened."""
    with board(image, machine, icount_shift) as port:
        link = SerialLink(port)
        try:
            yield link
        finally:
            link.close()


def _terminal(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    said = b""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        said += line
        found = re.search(rb"redirected to (\S+)", line)
        if found:
            return found[1].decode()
        if not line:
            break
    raise ToolError("QEMU", f"does not start: {said.decode(errors='replace')[-300:]}", "see `edgekit doctor`")


def instructions(ticks: int, hz: int, icount_shift: int) -> int:
    """Instructions in a number of timer ticks: one instruction is 2^shift ns."""
    return round(ticks * 1e9 / (hz * (1 << icount_shift)))
