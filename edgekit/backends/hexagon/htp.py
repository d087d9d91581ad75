"""Asking Qualcomm's libraries through the worker: compile, assign, run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgekit.arrays import load_arrays, save_arrays
from edgekit.backends._contract import Array
from edgekit.backends.hexagon.options import Options
from edgekit.doctor import probe
from edgekit.doctor.tools.onnxruntime_qnn import TOOL
from edgekit.errors import RefusedError, ToolError

WORKER = "edgekit.backends.hexagon.worker"
NAME = "onnxruntime-qnn"


def version() -> str:
    """Raises ToolError when the package is absent or does not fit."""
    return probe.require(TOOL, NAME).version


def compile_model(model: Path, context: Path, options: Options) -> None:
    """Write the context binary. Raises ToolError: no HTP takes a node, or the compiler fails."""
    with tempfile.TemporaryDirectory(prefix="edgekit-htp-") as scratch:
        ask({"do": "compile", "model": str(model), "context": str(context)}, Path(scratch), options)
    if not context.is_file():
        raise ToolError(NAME, "ended well but wrote no context binary")


def on_cpu(data: bytes, options: Options) -> list[tuple[str, str]]:
    """Nodes (name, kind) of an ONNX model that the HTP does not take. Raises ToolError."""
    with tempfile.TemporaryDirectory(prefix="edgekit-htp-") as scratch:
        (Path(scratch) / "model.onnx").write_bytes(data)
        found = ask({"do": "assign", "model": str(Path(scratch) / "model.onnx")}, Path(scratch), options)
    return [(str(name), str(kind)) for name, kind in found["cpu"]]


def run_all(model: Path, samples: Sequence[Mapping[str, Array]], options: Options) -> list[dict[str, Array]]:
    """Outputs by name of every sample. Raises ToolError."""
    with tempfile.TemporaryDirectory(prefix="edgekit-htp-") as name:
        scratch = Path(name)
        names = {f"a{i}": key for i, key in enumerate(samples[0])}
        save_arrays(scratch / "in.npz", {key: np.stack([s[n] for s in samples]) for key, n in names.items()})
        job = {"do": "run", "model": str(model), "names": names, "samples": len(samples)}
        paths = {"inputs": str(scratch / "in.npz"), "outputs": str(scratch / "out.npz")}
        answer = ask({**job, **paths}, scratch, options)
        stored = load_arrays(scratch / "out.npz")
        arrays = {n: stored[f"a{i}"] for i, n in enumerate(answer["names"])}
    return [{n: a[i] for n, a in arrays.items()} for i in range(len(samples))]


def ask(job: dict[str, Any], folder: Path, options: Options) -> dict[str, Any]:
    """The worker's answer. Raises ToolError: absent package, a failure in the library's words, a crash, too long."""
    version()
    path = folder / "job.json"
    path.write_text(json.dumps(job | {"provider": options.provider()}), "utf-8")
    root = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])}
    try:
        done = subprocess.run(
            [sys.executable, "-m", WORKER, str(path)], capture_output=True, timeout=options.timeout, check=False,
            stdin=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ToolError(
            NAME, f"did not finish in {options.timeout} s and was stopped", "raise the option timeout"
        ) from error
    if done.returncode:
        tail = done.stderr.decode("utf-8", "replace").strip()[-200:]
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode}"
        raise RefusedError(NAME, f"ended with {how} when asked to {job['do']} this model: {tail}")
    answer: dict[str, Any] = json.loads(path.with_suffix(".answer").read_text("utf-8"))
    if "error" in answer:
        raise RefusedError(NAME, f"cannot {job['do']} this model: {answer['error'][:400]}")
    return answer
