"""Boards that a team shares: a labgrid place is acquired for as long as a session lasts.

labgrid's coordinator keeps who has which place (https://labgrid.readthedocs.io, remote access); only its own client, a
command, is used, so that it may live in an environment of its own. LG_COORDINATOR names the coordinator.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from edgekit.errors import ToolError

CLIENT = "labgrid-client"
INSTALL = 'pip install "edgekit[hil]", or `pipx install labgrid`'
COMMAND_SECONDS = 60
ASK_AGAIN_SECONDS = 1.0


@contextlib.contextmanager
def lease(place: str, coordinator: str | None = None, wait: float = 0.0) -> Iterator[str]:
    """Acquire a place and give the port of its board, for `SerialLink`; release it at the end.

    Args:
        coordinator: HOST[:PORT]; default LG_COORDINATOR, then labgrid's own default.
        wait: seconds to wait while somebody else has the place.

    Raises:
        ToolError: labgrid is missing, its coordinator does not answer, there is no such place, it stays taken, or it
            has no serial port.
    """
    client = [_client(), *(["--coordinator", coordinator] if coordinator else []), "--place", place]
    deadline = time.monotonic() + wait
    while True:
        done = _run([*client, "acquire"])
        if done.returncode == 0:
            break
        text = done.stderr.strip() or done.stdout.strip()
        if "already acquired" not in text:
            raise ToolError(
                f"labgrid place {place}", _last(text), "see `labgrid-client places`; is LG_COORDINATOR right?"
            )
        if time.monotonic() >= deadline:
            raise ToolError(
                f"labgrid place {place}", _last(text), "wait until it is released, or ask for a longer wait"
            )
        time.sleep(ASK_AGAIN_SECONDS)
    try:
        yield _port(_run([*client, "show"]).stdout, place)
    finally:
        _run([*client, "release"])


def _client() -> str:
    beside = Path(sys.executable).with_name(CLIENT)
    found = str(beside) if beside.is_file() else shutil.which(CLIENT)
    if found is None:
        raise ToolError("labgrid", f"{CLIENT} is not installed", INSTALL)
    return found


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS, env=dict(os.environ)
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError("labgrid", f"no answer in {COMMAND_SECONDS} s", "is LG_COORDINATOR right?") from error


def _port(shown: str, place: str) -> str:
    """The serial port among the acquired resources that `labgrid-client show` lists."""
    for block in re.findall(r"Acquired resource[^\n]*\n\s*(\{.*?\})\n(?=\S|\Z)", shown.rstrip() + "\n", re.DOTALL):
        try:
            resource = ast.literal_eval(block)
        except (SyntaxError, ValueError):
            continue
        given = resource.get("params", {})
        if resource.get("cls") == "NetworkSerialPort" and given.get("port"):
            scheme = "socket" if given.get("protocol") == "raw" else "rfc2217"
            return f"{scheme}://{given['host']}:{given['port']}"
        if resource.get("cls") in ("RawSerialPort", "USBSerialPort") and given.get("port"):
            return str(given["port"])
    raise ToolError(
        f"labgrid place {place}", "has no serial port that is available", "add a match for its serial port to the place"
    )


def _last(text: str) -> str:
    return text.splitlines()[-1] if text else "labgrid-client fails without a word"
