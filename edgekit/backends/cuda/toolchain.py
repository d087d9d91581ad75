"""Compilers: nvcc for the GPU, the host's C++ compiler for the twin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgekit.doctor import probe
from edgekit.doctor.tools.nvcc import TOOL
from edgekit.errors import ToolError

HOST = "g++"
INSTALL_HOST = "apt-get install g++"
USUAL = "/usr/local/cuda/bin"  # where NVIDIA's installers put nvcc without touching the PATH
SECONDS = 1800
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
INCLUDES = ("-Isrc", "-Irunner")
_KERNEL = re.compile(r"Compiling entry function '(\S+)' for 'sm_(\d+)")
_SPILLS = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
_REGISTERS = re.compile(r"Used (\d+) registers")
_SHARED = re.compile(r"(\d+) bytes smem")


def nvcc() -> str | None:
    """The compiler's path; None when it is absent."""
    home = os.environ.get("CUDA_HOME")
    places = [None, *([f"{home}/bin"] if home else []), USUAL]
    return next((found for place in places if (found := shutil.which("nvcc", path=place))), None)


def version() -> str:
    """nvcc's, "not installed" without one. Raises ToolError for one that does not fit."""
    path = nvcc()
    if path is None:
        return "not installed"
    found = probe.Program(path, TOOL.purpose, TOOL.install, TOOL.fits)
    return probe.require(found, "nvcc").version


def require(architectures: Sequence[int]) -> None:
    """Raises ToolError where nvcc is here but too old, or does not compile for all of these."""
    path = nvcc()
    if path is None:
        return
    here = version()
    listed = _output([path, "--list-gpu-arch"], None)
    known = {int(word) for word in re.findall(r"compute_(\d+)\b", listed)}
    for sm in architectures:
        if sm not in known:
            what = f"{here} compiles for compute capability {_dotted(min(known))} to {_dotted(max(known))}"
            raise ToolError(
                "nvcc", f"{what}, {_dotted(sm)} is asked for", "change `architectures`, or the CUDA toolkit"
            )


def card() -> int | None:
    """Ten times the compute capability of the first card here, by nvidia-smi; None where that says nothing."""
    path = shutil.which("nvidia-smi")
    if path is None:
        return None
    try:
        command = [path, "--query-gpu=compute_cap", "--format=csv,noheader"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=probe.TIMEOUT, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"(\d+)\.(\d)", done.stdout)
    return None if done.returncode or found is None else 10 * int(found.group(1)) + int(found.group(2))


def compile_gpu(folder: Path, architectures: Sequence[int], sources: Sequence[str], image: str) -> list[dict[str, Any]]:
    """Compile and link the program; returns registers, shared memory and spills of every kernel, as ptxas says them.

    Raises:
        ToolError: nvcc is absent, of a wrong version, or fails.
    """
    path = nvcc()
    if path is None:
        raise ToolError("nvcc", "is not installed", TOOL.install)
    codes = [f"-gencode=arch=compute_{sm},code=sm_{sm}" for sm in architectures]
    last = max(architectures)
    codes.append(f"-gencode=arch=compute_{last},code=compute_{last}")  # PTX, for GPUs that come later
    command = [path, "-std=c++14", "-O3", *codes, "-Xptxas", "-v", "-Xcompiler", "-Wall,-Wno-unknown-pragmas"]
    return figures(_output([*command, *INCLUDES, *sources, "-o", image], folder))


def figures(log: str) -> list[dict[str, Any]]:
    """What `ptxas -v` says of each kernel."""
    found: list[dict[str, Any]] = []
    for line in log.splitlines():
        if match := _KERNEL.search(line):
            found.append({"kernel": match.group(1), "architecture": int(match.group(2)), "shared_bytes": 0})
        elif found and (match := _SPILLS.search(line)):
            found[-1] |= {"stack_bytes": int(match.group(1)), "spill_bytes": int(match.group(2)) + int(match.group(3))}
        elif found and (match := _REGISTERS.search(line)):
            shared = _SHARED.search(line)
            found[-1] |= {"registers": int(match.group(1)), "shared_bytes": int(shared.group(1)) if shared else 0}
    return found


def compile_twin(folder: Path, image: str) -> None:
    """Compile the kernels' sources for the host, under AddressSanitizer and UndefinedBehaviorSanitizer.

    Raises:
        ToolError: the host's compiler is absent or fails.
    """
    path = shutil.which(HOST)
    if path is None:
        raise ToolError(HOST, "is not installed", INSTALL_HOST)
    command = [path, "-std=c++17", "-O1", "-g1", *SANITIZE, "-Wall", "-Wno-unknown-pragmas", "-Itwin", *INCLUDES]
    _output([*command, "twin/twin.cpp", "-o", image], folder)


def host_version() -> str:
    found = probe.Program(HOST, "", INSTALL_HOST).find()
    return "not installed" if found is None else f"{HOST} {found.version}"


def _output(command: Sequence[str], folder: Path | None) -> str:
    """What a program says. Raises ToolError when it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(Path(command[0]).name, f"cannot be run: {error}") from error
    text = done.stdout + done.stderr
    if done.returncode:
        raise ToolError(Path(command[0]).name, f"fails:\n{text.strip()[-1500:]}", "please report it with the model")
    return text


def _dotted(sm: int) -> str:
    return f"{sm // 10}.{sm % 10}"
