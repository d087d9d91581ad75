"""Putting a build folder's firmware on a board, through PlatformIO as its user would."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edgekit.built import read_manifest
from edgekit.errors import InputError, ToolError, UnsupportedError

PROJECT = "platformio.ini"
SECONDS = 1800  # the first build of a framework downloads it
TAIL = 2000


@dataclass(frozen=True)
class Flashed:
    """The command that was run and what it said."""

    command: tuple[str, ...]
    output: str


def newest(root: Path, target: str) -> Path:
    """The build of `target` under `root` that was made last. Raises InputError when there is none."""
    found = [manifest for manifest in root.glob(f"*/{target}/manifest.json") if manifest.is_file()]
    if not found:
        fix = f"edgekit build MODEL --target {target}"
        raise InputError(str(root), f"holds no build for {target}", fix)
    return max(found, key=lambda manifest: manifest.stat().st_mtime).parent


def flash(folder: Path, port: str | None = None) -> Flashed:
    """`pio run -t upload` in a build folder.

    Raises:
        InputError: no build folder. UnsupportedError: PlatformIO knows no board for the target.
        ToolError: PlatformIO is missing or fails, with the end of what it says.
    """
    manifest = read_manifest(folder)
    project = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=None)
    if not project.read(folder / PROJECT):
        raise UnsupportedError(
            f"target {manifest.target}", f"its build has no {PROJECT}", "follow the notes in its manifest.json"
        )
    environment = project.get("platformio", "default_envs")
    if not project.has_option(f"env:{environment}", "board"):
        raise UnsupportedError(
            f"target {manifest.target}", "is no board that PlatformIO can flash",
            "emulated ones are run by `edgekit verify` at once; others are flashed with their vendor's tool",
        )  # fmt: skip
    program = next((path for name in ("pio", "platformio") if (path := shutil.which(name))), None)
    if program is None:
        raise ToolError("platformio", "is not installed", 'pip install -c constraints.txt -e ".[firmware]"')
    command = [program, "run", "--project-dir", str(folder), "--environment", environment, "--target", "upload"]
    command += ["--upload-port", port] if port is not None else []
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ToolError("platformio", f"does not end within {SECONDS} s", " ".join(command)) from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-TAIL:]
        raise ToolError("platformio", f"fails with status {done.returncode}:\n{said}", " ".join(command))
    return Flashed(tuple(command), done.stdout.strip()[-TAIL:])
