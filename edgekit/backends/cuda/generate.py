"""Write a graph as CUDA C++: `model.cu`, `model.h`, kernels, runner, host twin, `CMakeLists.txt`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.generate import layers_source
from edgekit.backends.c.header import facts
from edgekit.backends.c.layers import called_layers
from edgekit.backends.c.literals import C_TYPES, Arrays, arguments, comment, number, values
from edgekit.backends.c.memory import MemoryMap, memory_map
from edgekit.backends.c.sources import copy_headers, copy_sources
from edgekit.backends.cuda import templates
from edgekit.backends.cuda.launch import Launch, launches_of
from edgekit.backends.cuda.options import TENSOR
from edgekit.graph import Graph, Node


@dataclass(frozen=True)
class Generated:
    """What was written.

    Attributes:
        memory: the arena's map. constants: bytes of weights and tables, in so many arrays. files: kernels' sources.
        calls: the C calls that memory was planned by; launches: what they became. layers: their names, in order.
    """

    memory: MemoryMap
    constants: int
    arrays: int
    files: tuple[str, ...]
    calls: tuple[Call | Alias, ...]
    launches: tuple[Launch | None, ...]
    layers: tuple[str, ...]
    groups: tuple[()] = ()


def generate(
    graph: Graph, folder: Path, firmware: Path, architectures: Sequence[int], prefix: str = "model", guard: int = 0
) -> Generated:
    """Write `src/`, `runner/`, `twin/` and `CMakeLists.txt` into `folder`.

    Args:
        graph: int8, validated, arithmetic `tflm`.
        firmware: the folder that has `cuda/` and `include/`.
        architectures: compute capabilities times ten; tensor cores are used where all have them.
        prefix, guard: as in `edgekit.backends.c.generate`; a guard is behind every constant too.

    Raises:
        UnsupportedError: as `launches_of`.
    """
    calls, launches = launches_of(graph, min(architectures) >= TENSOR)
    memory = memory_map(graph, calls, guard)
    source = _Source(graph, launches, memory, prefix, guard)
    for room in ("src", "runner", "twin"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    written = [folder / "src" / f"{prefix}.{suffix}" for suffix in ("h", "cu")]
    for path, text in zip(written, (_header(graph, memory, len(source.steps), prefix), source.text()), strict=True):
        path.write_text(text)
    files = sorted({launch.file for launch in launches if launch is not None})
    kernels = copy_sources((firmware / "cuda" / "src" / f"{name}.cu" for name in files), folder / "src")
    roots = [firmware / "cuda" / "include", firmware / "include"]
    copy_headers([*written, *kernels], roots, folder / "src")
    (folder / "runner" / f"{prefix}_layers.cpp").write_text(layers_source(graph, calls, (), memory))
    shutil.copyfile(firmware / "harness" / "layers.h", folder / "runner" / "layers.h")
    shutil.copyfile(firmware / "cuda" / "runner" / "runner.cu", folder / "runner" / "runner.cu")
    for name in ("cuda_runtime.h", "machine.h"):
        shutil.copyfile(firmware / "cuda" / "twin" / name, folder / "twin" / name)
    sources = [f"src/{prefix}.cu", *(f"src/{name}.cu" for name in files)]
    parts = [*sources, "runner/runner.cu", f"runner/{prefix}_layers.cpp"]
    includes = "\n".join(f'#include "../{name}"' for name in parts)
    (folder / "twin" / "twin.cpp").write_text(templates.TWIN.format(includes=includes))
    (folder / "CMakeLists.txt").write_text(
        templates.CMAKE.format(architectures=";".join(map(str, architectures)),
                               sources="\n".join(f"  ${{EDGEKIT_MODEL}}/{name}" for name in sources))
    )  # fmt: skip
    layers = tuple(called_layers(graph, calls))
    return Generated(
        memory, source.arrays.bytes, len(source.arrays.names), tuple(files), tuple(calls), tuple(launches), layers
    )


def _header(graph: Graph, memory: MemoryMap, layers: int, prefix: str) -> str:
    accessors = [
        templates.ACCESSOR.format(macro=f"{prefix.upper()}_{role.upper()}_{i}", p=prefix, role=role, index=i)
        for role, names in (("input", graph.inputs), ("output", graph.outputs))
        for i in range(len(names))
    ]
    return templates.MODEL_H.format(**facts(graph, memory, layers, prefix), accessors="\n\n".join(accessors))


class _Source:
    """Collects constants and launches, then says them as one CUDA file."""

    def __init__(
        self, graph: Graph, launches: Sequence[Launch | None], memory: MemoryMap, prefix: str, guard: int
    ) -> None:
        self.graph, self.memory, self.prefix, self.guard = graph, memory, prefix, guard
        self.arrays = Arrays(self.member)
        self.members: list[str] = []
        self.values: list[str] = []
        self.steps: list[str] = []
        for index, (node, launch) in enumerate(zip(graph.nodes, launches, strict=True)):
            if launch is not None:
                lines = "\n".join(f"      {line}" for line in self.lines(node, launch, f"layer{index}"))
                name = comment(node.name)
                self.steps.append(f"    case {len(self.steps)}: {{ // {name}\n{lines}\n      break;\n    }}")

    def lines(self, node: Node, launch: Launch, name: str) -> list[str]:
        """Parameters and the launch of one layer."""
        lines = [f"{launch.struct} p = {{}};"]
        place = f"{self.prefix}_constants." if launch.listed else "c->"  # what is listed is read on the host
        for key, value in launch.fields.items():
            if isinstance(value, np.ndarray):
                lines.append(f"p.{key} = {place}{self.arrays.name(f'{name}_{key}'.replace('.', '_'), value)};")
            elif isinstance(value, tuple):
                lines.append(f"{self.prefix}_set(p.{key}, {{{', '.join(map(str, value))}}});")
            else:
                lines.append(f"p.{key} = {number(value)};")
        inputs = [self.pointer(node.inputs[i], f"{name}_input{i}", "const ") for i in launch.inputs]
        outputs = [self.pointer(output, name, "") for output in node.outputs]
        before, pointers = arguments(launch.listed, inputs, outputs)
        return [*lines, *before, f"ek_cuda_{launch.kernel}({', '.join(['p', *pointers, 'stream'])});"]

    def pointer(self, name: str | None, constant: str, const: str) -> str:
        assert name is not None
        tensor = self.graph.tensors[name]
        if tensor.data is not None:
            return f"c->{self.arrays.name(constant, tensor.data)}"
        return f"reinterpret_cast<{const}{C_TYPES[tensor.dtype]} *>(bytes + {self.memory.tensors[name]})"

    def member(self, name: str, data: NDArray[Any]) -> None:
        lines = ",\n   ".join(values(data))
        self.members.append(f"  alignas(16) {C_TYPES[data.dtype.name]} {name}[{data.size}];\n")
        self.values.append(f"  {{{lines}}},\n")
        if self.guard:
            self.members.append(f"  uint8_t guard{len(self.arrays.names)}[{self.guard}];\n")
            self.values.append("  {},\n")

    def text(self) -> str:
        return templates.MODEL_CU.format(
            p=self.prefix, P=self.prefix.upper(), members="".join(self.members), values="".join(self.values),
            steps="\n".join(self.steps),
        )  # fmt: skip
