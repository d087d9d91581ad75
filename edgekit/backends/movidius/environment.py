"""The environment of the last OpenVINO that compiles for Movidius: 2021.4.2, on Python 3.6 to 3.9, by itself.

It is looked for, and made when it is not there: from any such Python of this machine, or one that `uv` brings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from edgekit.errors import ToolError

VERSION = "2021.4.2"
PYTHONS = ("3.9", "3.8", "3.7", "3.6")
VARIABLE = "EDGEKIT_MOVIDIUS_PYTHON"
READY = "edgekit-made-this"  # written last: without it, the making was interrupted
ASK = "import openvino.inference_engine as e; print(e.get_version())"
INSTALL = (
    f"install a Python 3.6 to 3.9 (`uv python install 3.9`), or make the environment yourself: python3.9 -m venv E && "
    f"E/bin/pip install openvino=={VERSION} && export {VARIABLE}=E/bin/python"
)


def folder() -> Path:
    """Where edgekit keeps the environment that it makes."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "edgekit" / f"movidius-openvino-{VERSION}"


def find() -> Path | None:
    """A Python that has this OpenVINO; None when there is none yet.

    Raises:
        ToolError: the variable names a Python that has it not.
    """
    named = os.environ.get(VARIABLE)
    if named:
        said = version_of(Path(named))
        if not said.startswith(VERSION):
            raise ToolError(VARIABLE, f"{named} must have openvino {VERSION}, found {said or 'none'}", INSTALL)
        return Path(named)
    made = folder() / "bin" / "python"
    return made if (folder() / READY).is_file() and version_of(made).startswith(VERSION) else None


def require() -> Path:
    """A Python that has this OpenVINO, made when needed. Raises ToolError: nothing to make it from, or pip fails."""
    return find() or _make()


@cache
def version_of(python: Path) -> str:
    """Its OpenVINO's version; empty where it has none or does not start."""
    try:
        done = subprocess.run([str(python), "-c", ASK], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def pythons() -> Iterator[Path]:
    """Pythons of a version that fits, newest first: on PATH, of pyenv, of uv."""
    for version in PYTHONS:
        found = shutil.which(f"python{version}")
        if found and _starts(Path(found)):
            yield Path(found)
        root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
        yield from (p for p in sorted(root.glob(f"{version}.*/bin/python"), reverse=True) if _starts(p))
        yield from _of_uv("find", version)
    yield from _of_uv("install", PYTHONS[0])


def _starts(python: Path) -> bool:
    """pyenv's shims are on PATH for versions that are not chosen, and do not start."""
    try:
        return subprocess.run([str(python), "-V"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _of_uv(verb: str, version: str) -> Iterator[Path]:
    uv = shutil.which("uv")
    if uv is None:
        return
    if verb == "install":
        subprocess.run([uv, "python", "install", version], capture_output=True, timeout=600, check=False)
    done = subprocess.run([uv, "python", "find", version], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 0 and done.stdout.strip():
        yield Path(done.stdout.strip())


def _make() -> Path:
    python = next(pythons(), None)
    if python is None:
        raise ToolError(f"openvino {VERSION}", "needs a Python 3.6 to 3.9, and none is on this machine", INSTALL)
    where = folder()
    where.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(where, ignore_errors=True)
    made = where / "bin" / "python"
    for command in (
        [str(python), "-m", "venv", str(where)],
        [str(made), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", f"openvino=={VERSION}"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if done.returncode:
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            shutil.rmtree(where, ignore_errors=True)
            text = f"cannot be installed with {python}: {lines[-1][:200] if lines else 'no reason given'}"
            raise ToolError(f"openvino {VERSION}", text, INSTALL)
    (where / READY).touch()
    return made
