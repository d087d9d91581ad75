"""What a build folder's program runs on: the GPU, or, where none is, the host twin."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.cuda.options import runs_on
from edgekit.doctor.tools.nvcc import TOOL
from edgekit.errors import InputError, ToolError
from edgekit.frontend.tflite import load
from edgekit.graph import Graph, Tensor

Array = NDArray[Any]
FACTS, MODEL, IMAGE, TWIN = "cuda.json", "model.tflite", "model_cuda", "twin/model_twin"
SECONDS = 900
REPEATS = 1000


@dataclass(frozen=True)
class Vehicle:
    """A program that can be run.

    Attributes: image: its path; name: for people; gpu: whether it runs on one; note: why it does not; facts: cuda.json.
    """

    graph: Graph
    image: Path
    name: str
    gpu: bool
    note: str
    facts: Mapping[str, Any]

    def outputs(self, samples: list[dict[str, Array]]) -> list[dict[str, Array]]:
        """Integer arrays by name, sample by sample."""
        return self._values("run", samples, [self.graph.tensors[name] for name in self.graph.outputs])

    def layers(self, samples: list[dict[str, Array]]) -> list[dict[str, Array]]:
        """The outputs of every layer that is launched."""
        producers = self.graph.producers()
        nodes = [producers[name] for name in self.facts["layers"]]
        return self._values("layers", samples, [t for node in nodes for t in self.graph.node_outputs(node)])

    def times(self) -> dict[str, Any]:
        """What `model_cuda time` says."""
        return ask(self.image, "time", str(REPEATS))

    def _values(self, what: str, samples: list[dict[str, Array]], tensors: list[Tensor]) -> list[dict[str, Array]]:
        data = b"".join(np.ascontiguousarray(sample[n]).tobytes() for sample in samples for n in self.graph.inputs)
        with tempfile.TemporaryDirectory() as room:
            given, made = Path(room) / "inputs.bin", Path(room) / "values.bin"
            given.write_bytes(data)
            ask(self.image, what, str(given), str(made))
            found = made.read_bytes()
        size = sum(t.bytes for t in tensors)
        if len(found) != size * len(samples):
            raise ToolError(self.name, f"gave {len(found):,} bytes for {len(samples)} samples of {size:,}")
        return [_split(found[i * size : (i + 1) * size], tensors) for i in range(len(samples))]


def _split(data: bytes, tensors: list[Tensor]) -> dict[str, Array]:
    found, at = {}, 0
    for t in tensors:
        found[t.name] = np.frombuffer(data, t.dtype, t.elements, at).reshape(t.shape)
        at += t.bytes
    return found


def start(folder: Path) -> Vehicle:
    """The GPU where one is that takes the program, the host twin where there is no GPU.

    Raises:
        InputError: the folder holds no such build. ToolError: nothing was compiled; the driver or the GPU is too old
        for what was.
    """
    facts = read_facts(folder)
    graph = load(folder / MODEL)
    image = folder / IMAGE
    why = f"nvcc was not there to compile the program: {TOOL.install}"
    if image.is_file():
        found = ask(image, "info")
        why = why_not(found, facts["architectures"])
        if not why:
            return Vehicle(graph, image, f"{found['gpu']} (CUDA {_version(found['runtime'])})", True, "", facts)
    twin = folder / TWIN
    if not twin.is_file():
        raise ToolError("GPU", f"NOT RUN: {why}, and there is no host twin in {folder}", "install g++ and build again")
    compiled = "compiled" if image.is_file() else "not compiled"
    note = f"{compiled}; on a GPU: NOT RUN ({why})"
    return Vehicle(graph, twin, f"host twin ({facts['host']}, ASan, UBSan)", False, note, facts)


def why_not(found: Mapping[str, Any], architectures: list[int]) -> str:
    """Why there is no GPU, by what `model_cuda info` says; empty where there is one that takes the program.

    Raises:
        ToolError: the driver or the GPU does not take it.
    """
    if found["error"] and 0 < found["driver"] < found["runtime"]:
        has, needs = _version(found["driver"]), _version(found["runtime"])
        what = f"takes programs of CUDA up to {has}, this one was compiled by {needs}"
        raise ToolError("NVIDIA driver", what, "install a newer driver, or build with an older CUDA toolkit")
    if found["error"]:
        return str(found["error"]) if found["driver"] else "no NVIDIA driver is here"
    if not runs_on(tuple(architectures), found["capability"]):
        has, built = found["capability"], ", ".join(map(str, architectures))
        what = f"has compute capability {has / 10:.1f}, the program was compiled for {built}"
        raise ToolError(found["gpu"], what, f"build with architectures = [{has}]")
    return ""


def read_facts(folder: Path) -> dict[str, Any]:
    """What the build has written of its program. Raises InputError."""
    try:
        facts: dict[str, Any] = json.loads((folder / FACTS).read_text("utf-8"))
        if not {"layers", "architectures", "host", "target", "board"} <= set(facts):
            raise ValueError("it is not whole")
    except (OSError, ValueError, TypeError) as error:
        raise InputError(str(folder), f"holds no CUDA build: {error}", "build it with `edgekit build`") from error
    return facts


def ask(image: Path, *words: str) -> dict[str, Any]:
    """The program's line of JSON. Raises ToolError."""
    try:
        done = subprocess.run([str(image), *words], capture_output=True, text=True, timeout=SECONDS, check=False)
        if not done.returncode:
            found: dict[str, Any] = json.loads(done.stdout)
            return found
        why = done.stderr.strip()[-1500:] or f"ends with code {done.returncode}"
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        why = str(error)
    raise ToolError(f"{image.name} {words[0]}", why, "build again; if that does not help, please report it")


def _version(number: int) -> str:
    """CUDA's 13000 is 13.0."""
    return f"{number // 1000}.{number % 1000 // 10}"
