"""Write a graph as C99: `model.c`, `model.h`, and the kernels it calls."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import __version__, plugins
from edgekit.backends.c import templates
from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.memory import MemoryMap, memory_map
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph

C_TYPES = {"int8": "int8_t", "uint8": "uint8_t", "int16": "int16_t", "int32": "int32_t", "int64": "int64_t",
           "float32": "float"}  # fmt: skip


@dataclass(frozen=True)
class Generated:
    """What was written.

    Attributes:
        memory: the arena's map; constants: bytes of weights and other tables in flash; kernels: which were copied.
    """

    memory: MemoryMap
    constants: int
    kernels: tuple[str, ...]


def calls_of(graph: Graph, core: str, options: Mapping[str, Any] | None = None) -> list[Call | Alias]:
    """One call per node. Raises UnsupportedError naming the first layer without a kernel."""
    found: list[Call | Alias] = []
    for node in graph.nodes:
        emitter = plugins.module("edgekit.backends.c.emit", node.op.name)
        if emitter is None:
            raise UnsupportedError(
                f"layer {node.name} ({node.op.name})", "has no C kernel yet", "edgekit targets --operators"
            )
        found.append(
            emitter.emit(Layer(node.op, graph.node_inputs(node), graph.node_outputs(node), core, options or {}))
        )
    return found


def generate(graph: Graph, folder: Path, firmware: Path, core: str = "portable") -> Generated:
    """Write `src/model.h`, `src/model.c`, and the kernels with their headers (`src/edgekit/`) into `folder`.

    Args:
        graph: int8, validated, arithmetic `tflm`.
        firmware: the folder that has `include/edgekit` and `src`.
        core: which forms of the kernels to choose.
    """
    calls = calls_of(graph, core)
    memory = memory_map(graph, calls)
    source = _Source(graph, calls, memory)
    (folder / "src" / "edgekit").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "model.h").write_text(_header(graph, memory, len(source.steps)))
    (folder / "src" / "model.c").write_text(source.text())
    (folder / "harness").mkdir(exist_ok=True)
    (folder / "harness" / "model_layers.c").write_text(_layers(graph, calls, memory))
    kernels = tuple(sorted({call.file for call in calls if isinstance(call, Call)}))
    for name in kernels:
        shutil.copyfile(firmware / "src" / f"{name}.c", folder / "src" / f"{name}.c")
    for header in sorted((firmware / "include" / "edgekit").iterdir()):
        shutil.copyfile(header, folder / "src" / "edgekit" / header.name)
    return Generated(memory, source.constants, kernels)


class _Source:
    """Collects constants and calls, then says them as one C file."""

    def __init__(self, graph: Graph, calls: Sequence[Call | Alias], memory: MemoryMap) -> None:
        self.constants = 0
        self.tables: list[str] = []
        self.steps: list[str] = []
        self.kernels = sorted({call.file for call in calls if isinstance(call, Call)})
        for index, (node, call) in enumerate(zip(graph.nodes, calls, strict=True)):
            if isinstance(call, Alias):
                continue
            self.tables.append(self.parameters(f"layer{index}", call))
            pointers = [self.pointer(graph, node.inputs[i], memory, const=True) for i in call.inputs]
            pointers += [self.pointer(graph, name, memory, const=False) for name in node.outputs]
            if call.scratch:
                pointers.append(f"bytes + {memory.scratch[index]}")
            self.steps.append(
                f"    case {len(self.steps)}: /* {_comment(node.name)} */\n"
                f"      ek_{call.kernel}(&layer{index}, {', '.join(pointers)});\n      break;"
            )

    def pointer(self, graph: Graph, name: str | None, memory: MemoryMap, const: bool) -> str:
        assert name is not None
        tensor = graph.tensors[name]
        kind = f"{'const ' if const else ''}{C_TYPES[tensor.dtype]} *"
        if tensor.data is not None:
            table = self.array(f"constant{len(self.tables)}", tensor.data)
            self.tables.append(table)
            return f"constant{len(self.tables) - 1}"
        return f"({kind})(bytes + {memory.tensors[name]})"

    def array(self, name: str, data: NDArray[Any]) -> str:
        self.constants += data.nbytes
        flat = data.reshape(-1)
        if data.dtype.kind == "f":
            values = [float(v).hex() + "f" for v in flat]
        else:
            values = [_integer(int(v), data.dtype) for v in flat]
        lines = [", ".join(values[i : i + 24]) for i in range(0, len(values), 24)]
        body = ",\n  ".join(lines)
        return f"static const {C_TYPES[data.dtype.name]} {name}[{len(values)}] EK_ALIGNED = {{\n  {body}}};"

    def parameters(self, name: str, call: Call) -> str:
        texts, members = [], []
        for key, value in call.fields.items():
            if isinstance(value, np.ndarray):
                texts.append(self.array(f"{name}_{key}", value))
                members.append(f".{key} = {name}_{key}")
            elif isinstance(value, tuple):
                members.append(f".{key} = {{{', '.join(str(v) for v in value)}}}")
            elif isinstance(value, float):
                members.append(f".{key} = {value.hex()}f")
            else:
                members.append(f".{key} = {_integer(int(value), np.dtype(np.int32))}")
        return "\n".join([*texts, f"static const ek_{call.file}_t {name} = {{\n  " + ",\n  ".join(members) + "};"])

    def text(self) -> str:
        includes = "\n".join(f'#include "edgekit/{name}.h"' for name in self.kernels)
        return templates.MODEL_C.format(includes=includes, tables="\n\n".join(self.tables), steps="\n".join(self.steps),
                               count=len(self.steps))  # fmt: skip


def _integer(value: int, dtype: np.dtype[Any]) -> str:
    if value == np.iinfo(dtype).min and dtype.itemsize >= 4:
        return f"({value + 1} - 1)"  # C has no negative literals: -2147483648 would be of a wider type
    return str(value)


def _comment(text: str) -> str:
    return re.sub(r"[^ -~]|\*/|/\*|\\|\?\?", "_", text)


def _macro(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def _io(graph: Graph, memory: MemoryMap, names: Sequence[str], role: str) -> str:
    lines = []
    for i, name in enumerate(names):
        tensor = graph.tensors[name]
        prefix = f"MODEL_{role}_{i}"
        lines.append(f"/* {_comment(name)}: {tensor.dtype} {tensor.shape} */")
        lines.append(f"#define {prefix}_TYPE {C_TYPES[tensor.dtype]}")
        lines.append(f"#define {prefix}_SIZE {tensor.elements}")
        lines.append(f"#define {prefix}_BYTES {tensor.bytes}")
        lines.append(f"#define {prefix}_RANK {len(tensor.shape)}")
        lines.append(f"#define {prefix}_SHAPE {{{', '.join(map(str, tensor.shape)) or '1'}}}")
        lines.append(f"#define {prefix}_OFFSET {memory.tensors[name]}")
        if tensor.quantization is not None:
            lines.append(f"#define {prefix}_SCALE {float(tensor.scale).hex()}f /* {float(tensor.scale):.9g} */")
            lines.append(f"#define {prefix}_ZERO_POINT ({tensor.zero_point})")
    return "\n".join(lines)


def _header(graph: Graph, memory: MemoryMap, layers: int) -> str:
    accessors = [_accessor("input", i) for i in range(len(graph.inputs))]
    accessors += [_accessor("output", i) for i in range(len(graph.outputs))]
    return templates.MODEL_H.format(
        version=__version__,
        name=_comment(graph.name),
        hash=graph.fingerprint(),
        arena=max(memory.arena, 1),
        inputs=len(graph.inputs),
        outputs=len(graph.outputs),
        input_bytes=sum(graph.tensors[n].bytes for n in graph.inputs),
        output_bytes=sum(graph.tensors[n].bytes for n in graph.outputs),
        layers=layers,
        input_macros=_io(graph, memory, graph.inputs, "INPUT"),
        output_macros=_io(graph, memory, graph.outputs, "OUTPUT"),
        accessors="\n".join(accessors),
    )


def _accessor(role: str, index: int) -> str:
    macro = f"MODEL_{role.upper()}_{index}"
    return (
        f"static inline {macro}_TYPE *model_{role}_{index}(model_arena_t *arena) {{\n"
        f"  return ({macro}_TYPE *)(void *)(arena->bytes + {macro}_OFFSET);\n}}"
    )


def called_layers(graph: Graph, calls: Sequence[Call | Alias]) -> list[str]:
    """Name of the first output of every node that is called, in order: layer i of the firmware."""
    return [node.outputs[0] for node, call in zip(graph.nodes, calls, strict=True) if isinstance(call, Call)]


def _layers(graph: Graph, calls: Sequence[Call | Alias], memory: MemoryMap) -> str:
    rows = [
        f"  {{{memory.tensors[n]}U, {graph.tensors[n].bytes}U}}, /* {_comment(n)} */\n"
        for n in called_layers(graph, calls)
    ]

    def row(name: str) -> str:
        t = graph.tensors[name]
        scale = f"{float(t.scale).hex()}f" if t.quantization is not None else "1.0f"
        zero = t.zero_point if t.quantization is not None else 0
        width, real = np.dtype(t.dtype).itemsize, int(t.dtype == "float32")
        return f"  {{{memory.tensors[name]}U, {t.bytes}U, {scale}, {zero}, {width}, {real}}},\n"

    return templates.LAYERS_C.format(
        layers="".join(rows) or "  {0U, 0U},\n",
        inputs="".join(map(row, graph.inputs)),
        outputs="".join(map(row, graph.outputs)),
    )


def constant_bytes(graph: Graph, calls: Sequence[Call | Alias]) -> int:
    """Bytes of weights and tables in flash, known before anything is written."""
    arrays = [v for c in calls if isinstance(c, Call) for v in c.fields.values() if isinstance(v, np.ndarray)]
    operands = [
        tensor.data
        for node, call in zip(graph.nodes, calls, strict=True)
        if isinstance(call, Call)
        for i in call.inputs
        if (tensor := graph.node_inputs(node)[i]) is not None and tensor.data is not None
    ]
    return sum(a.nbytes for a in [*arrays, *operands])
