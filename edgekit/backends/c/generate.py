"""Write a graph as C99: `model.c`, `model.h`, and the kernels it calls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c import templates
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.choice import Optimize
from edgekit.backends.c.emission import Tile, calls_of
from edgekit.backends.c.groups import divide
from edgekit.backends.c.header import header
from edgekit.backends.c.layers import called_layers, steps
from edgekit.backends.c.literals import C_TYPES, Arrays, arguments, comment, number, real, values
from edgekit.backends.c.memory import MemoryMap, memory_map
from edgekit.backends.c.sources import copy_headers, copy_sources
from edgekit.backends.c.tiles import Group, lines_of
from edgekit.errors import UsageError
from edgekit.graph import Graph, Node


@dataclass(frozen=True)
class Generated:
    """What was written.

    Attributes:
        memory: the arena's map; constants: bytes of weights and other tables in flash; kernels: which were copied.
        calls: what each node became, or would have outside its group.
        groups: nodes that run stripe by stripe, each group as one layer.
    """

    memory: MemoryMap
    constants: int
    kernels: tuple[str, ...]
    calls: tuple[Call | Alias, ...]
    groups: tuple[Group, ...] = ()


def generate(
    graph: Graph, folder: Path, firmware: Path, core: str = "portable", prefix: str = "model", guard: int = 0,
    optimize: Optimize = "speed", ram_limit: int | None = None, calls: Sequence[Call | Alias] | None = None,
    groups: tuple[Group, ...] | None = None,
) -> Generated:  # fmt: skip
    """Write `src/<prefix>.h`, `src/<prefix>.c`, the kernels, and the headers that these include (`src/edgekit/`).

    Args:
        graph: int8, validated, arithmetic `tflm`.
        firmware: the folder that has `include/edgekit` and `src`.
        core: which forms of the kernels to choose.
        prefix: of files, functions and types, and in capitals of macros, so that a program can hold several models;
            a C identifier in lower case.
        guard: bytes around every buffer, which then share no memory but in place: for tests.
        optimize: what the forms are chosen for; with `ram_limit`, which layers run in groups (`divide`).
        calls: one per node, chosen elsewhere; groups: likewise.

    Raises:
        UsageError: the prefix is no such identifier. UnsupportedError: as `calls_of`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", prefix) or prefix.startswith("ek_"):
        raise UsageError("prefix", f"must be a C identifier in lower case and not begin with ek_, found {prefix!r}")
    if groups is None:
        found = divide(graph, core, optimize, ram_limit, calls)
        calls, groups = found.calls, found.groups
    elif calls is None:
        calls = calls_of(graph, core, optimize)
    memory = memory_map(graph, calls, guard, groups)
    source = _Source(graph, calls, groups, memory, prefix)
    for room in ("src", "harness"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    written = [folder / "src" / f"{prefix}.{suffix}" for suffix in "hc"]
    for path, text in zip(written, (header(graph, memory, len(source.steps), prefix), source.text()), strict=True):
        path.write_text(text)
    (folder / "harness" / f"{prefix}_layers.c").write_text(layers_source(graph, calls, groups, memory))
    kernels = copy_sources((firmware / "src" / f"{name}.c" for name in source.kernels), folder / "src")
    copy_headers([*written, *kernels], [firmware / "include"], folder / "src")
    return Generated(memory, source.arrays.bytes, tuple(source.kernels), tuple(calls), groups)


class _Source:
    """Collects constants and calls, then says them as one C file."""

    def __init__(
        self, graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group], memory: MemoryMap, prefix: str
    ) -> None:
        self.graph, self.memory, self.prefix = graph, memory, prefix
        self.arrays = Arrays(self.table)
        self.tables: list[str] = []
        self.steps: list[str] = []
        self.files: set[str] = set()
        for index, step in steps(calls, groups):
            if isinstance(step, Group):
                self.step(step.output, self.group(step))
            else:
                name = self.parameters(f"{prefix}_layer{index}", step)
                near = (*graph.nodes[index].inputs, *graph.nodes[index].outputs)
                places = {n: f"{memory.tensors[n]}" for n in near if n is not None and n in memory.tensors}
                self.step(
                    graph.nodes[index].name,
                    self.call(graph.nodes[index], name, step, places, memory.scratch.get(index, 0)),
                )

    @property
    def kernels(self) -> list[str]:
        return sorted(self.files)

    def step(self, name: str, lines: Sequence[str]) -> None:
        body = "\n".join(f"      {line}" for line in lines)
        self.steps.append(f"    case {len(self.steps)}: {{ /* {comment(name)} */\n{body}\n      break;\n    }}")

    def group(self, group: Group) -> list[str]:
        """The lines that run a group of layers."""
        index = {self.graph.nodes[i].name: i for i in range(group.first, group.last + 1)}
        names: dict[tuple[str, Tile], str] = {}
        for count, ((output, tile), call) in enumerate(group.calls.items()):
            names[output, tile] = self.parameters(f"{self.prefix}_layer{index[output]}_tile{count}", call)

        def call_lines(output: str, tile: Tile, call: Call, places: Mapping[str, str]) -> list[str]:
            scratch = self.memory.scratch.get(group.first, 0)
            return self.call(group.nodes[output], names[output, tile], call, places, scratch)

        lines = lines_of(group, call_lines, lambda name: self.memory.tensors[name])
        self.files |= {"roll"} if any("ek_roll" in line for line in lines) else set()
        return lines

    def call(self, node: Node, name: str, call: Call, places: Mapping[str, str], scratch: int) -> list[str]:
        """The lines that call one kernel with the parameters `name`; `places`: where activations lie in the arena."""
        inputs = [self.pointer(node.inputs[i], places, const=True) for i in call.inputs]
        outputs = [self.pointer(output, places, const=False) for output in node.outputs]
        lines, pointers = arguments(call.listed, inputs, outputs)
        last = [f"bytes + {scratch}"] if call.scratch else []
        lines.append(f"ek_{call.kernel}({', '.join([f'&{name}', *pointers, *last])});")
        return lines if len(lines) == 1 else ["{", *(f"  {line}" for line in lines), "}"]

    def pointer(self, name: str | None, places: Mapping[str, str], const: bool) -> str:
        assert name is not None
        tensor = self.graph.tensors[name]
        if tensor.data is not None:
            return self.arrays.name(f"{self.prefix}_constant{len(self.tables)}", tensor.data)
        wide = "(void *)" if np.dtype(tensor.dtype).itemsize > 1 else ""
        kind = f"{'const ' if const else ''}{C_TYPES[tensor.dtype]} *"
        return f"({kind}){wide}(bytes + {places[name]})"

    def table(self, name: str, data: NDArray[Any]) -> None:
        body = ",\n  ".join(values(data))
        self.tables.append(f"static const {C_TYPES[data.dtype.name]} {name}[{data.size}] EK_ALIGNED = {{\n  {body}}};")

    def parameters(self, name: str, call: Call) -> str:
        """The name of the call's parameters, which are written."""
        members = []
        for key, value in call.fields.items():
            if isinstance(value, np.ndarray):
                members.append(f".{key} = {self.arrays.name(f'{name}_{key}', value)}")
            elif isinstance(value, tuple):
                members.append(f".{key} = {{{', '.join(str(v) for v in value)}}}")
            else:
                members.append(f".{key} = {number(value)}")
        self.files.add(call.file)
        self.tables.append(f"static const ek_{call.file}_t {name} = {{\n  " + ",\n  ".join(members) + "};")
        return name

    def text(self) -> str:
        includes = "\n".join(f'#include "edgekit/{name}.h"' for name in self.kernels)
        return templates.MODEL_C.format(p=self.prefix, includes=includes, tables="\n\n".join(self.tables),
                               steps="\n".join(self.steps), count=len(self.steps))  # fmt: skip


def layers_source(graph: Graph, calls: Sequence[Call | Alias], groups: Sequence[Group], memory: MemoryMap) -> str:
    producers = graph.producers()
    called = [producers[name] for name in called_layers(graph, calls, groups)]
    regions, layers, first = [], [], 0
    for node in called:
        layers.append(f"  {{{first}U, {len(node.outputs)}U}}, /* {comment(node.name)} */\n")
        regions += [f"  {{{memory.tensors[n]}U, {graph.tensors[n].bytes}U}},\n" for n in node.outputs]
        first += len(node.outputs)

    def row(name: str) -> str:
        t = graph.tensors[name]
        scale = real(t.scale) if t.quantization is not None else "1.0f"
        zero = t.zero_point if t.quantization is not None else 0
        width, is_float = np.dtype(t.dtype).itemsize, int(t.dtype == "float32")
        return f"  {{{memory.tensors[name]}U, {t.bytes}U, {scale}, {zero}, {width}, {is_float}}},\n"

    return templates.LAYERS_C.format(
        regions="".join(regions) or "  {0U, 0U},\n",
        layers="".join(layers) or "  {0U, 0U},\n",
        inputs="".join(map(row, graph.inputs)),
        outputs="".join(map(row, graph.outputs)),
    )
