"""What a graph costs on an emulated core, measured: instructions of every layer, bytes of arena and flash."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.backends import backend
from edgekit.backends.c import toolchain
from edgekit.backends.c.options import Options, options_of
from edgekit.errors import ToolError
from edgekit.graph import Graph
from edgekit.target import find_target

TEXT_LEVEL = "-O2"
IMAGE = "inference.elf"


@dataclass(frozen=True)
class Measured:
    """One graph on one target.

    Attributes:
        instructions: of a whole inference; layers: (name, operator, MACs, instructions) of every layer that is called.
        arena, stack, constants: bytes; constants are the weights and tables in flash, weights those and
            their per-channel constants alone; scratch: the largest of a layer.
        text: bytes of everything else in flash that an inference needs: see `text_bytes`.
        kernels: files of `firmware/src/` that are called.
        cycles: estimated for a whole inference, where they were asked for and the core has a table.
    """

    instructions: int
    layers: tuple[tuple[str, str, int, int], ...]
    arena: int
    scratch: int
    stack: int
    constants: int
    weights: int
    text: int
    kernels: tuple[str, ...]
    cycles: int | None = None


def measure(
    graph: Graph,
    target: str,
    options: Mapping[str, Any] | None = None,
    runs: int = 2,
    cycles: bool = False,
    level: str = TEXT_LEVEL,
) -> Measured:
    """Build the graph for an emulated target and count it `runs` times.

    Args:
        options: of the target, over its own.
        cycles: estimate them, by one more, slow run.
        level: at which `text` is compiled.

    Raises:
        ToolError: compiler or emulator are missing, or two runs differ in a single instruction. UnsupportedError: no
        kernel.
    """
    c = backend("c")
    chosen = find_target(target).with_options(dict(options or {}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        artifact = c.compile(graph, chosen, folder)
        found = [c.bench(folder) for _ in range(runs)]
        counts = [[one["total"], *(layer["count"] for layer in one["layers"])] for one in found]
        if any(other != counts[0] for other in counts):
            raise ToolError(f"{graph.name} on {target}", f"two runs differ: {counts}", "counts must repeat")
        first = c.estimate_cycles(folder, found[0]) if cycles else found[0]
        return Measured(
            first["total"],
            tuple((x["layer"], x["op"], x["macs"], x["count"]) for x in first["layers"]),
            first["arena_bytes"],
            artifact.facts["scratch_bytes"],
            first["stack_bytes"],
            first["constant_bytes"],
            artifact.facts["weight_bytes"],
            text_bytes(folder, options_of(chosen), artifact.facts["weight_bytes"], level),
            tuple(artifact.facts["kernels"]),
            first.get("cycles"),
        )


def text_bytes(folder: Path, options: Options, weights: int, level: str = TEXT_LEVEL) -> int:
    """Flash that one inference needs but for the weights and their per-channel constants: code of `model_invoke` and of
    all it calls, the C library's part included, parameters of the layers and tables. No harness, no startup.

    Args:
        weights: bytes to leave out.

    Raises:
        ToolError: the compiler fails.
    """
    sources = sorted(str(p.relative_to(folder)) for p in (folder / "src").glob("*.c"))
    command = [
        options.compiler, *options.flags, *toolchain.WARNINGS, level, "-ffunction-sections", "-fdata-sections", "-Isrc",
        *sources, *options.libc, "-nostartfiles", "-Wl,--gc-sections", "-Wl,--entry=model_invoke", "-o", IMAGE,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise ToolError(options.compiler, f"fails at {level}:\n{done.stderr.strip()[-1500:]}")
    sizes = toolchain.sizes(folder / IMAGE, options)
    return sizes.text + sizes.data - weights
