"""The public headers of generated models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit import __version__
from edgekit.backends.c import templates
from edgekit.backends.c.literals import C_TYPES, comment, real
from edgekit.backends.c.memory import MemoryMap
from edgekit.graph import Graph


def header(graph: Graph, memory: MemoryMap, layers: int, prefix: str) -> str:
    """The text of `<prefix>.h`."""
    accessors = [_accessor("input", i, prefix) for i in range(len(graph.inputs))]
    accessors += [_accessor("output", i, prefix) for i in range(len(graph.outputs))]
    return templates.MODEL_H.format(**facts(graph, memory, layers, prefix), accessors="\n".join(accessors))


def facts(graph: Graph, memory: MemoryMap, layers: int, prefix: str) -> dict[str, Any]:
    """What every header of a model says, in C or CUDA C++."""
    upper = prefix.upper()
    return {
        "p": prefix, "P": upper, "version": __version__, "name": comment(graph.name), "hash": graph.fingerprint(),
        "arena": max(memory.arena, 1), "layers": layers, "inputs": len(graph.inputs), "outputs": len(graph.outputs),
        "input_bytes": sum(graph.tensors[n].bytes for n in graph.inputs),
        "output_bytes": sum(graph.tensors[n].bytes for n in graph.outputs),
        "input_macros": _macros(graph, memory, graph.inputs, f"{upper}_INPUT"),
        "output_macros": _macros(graph, memory, graph.outputs, f"{upper}_OUTPUT"),
    }  # fmt: skip


def _macros(graph: Graph, memory: MemoryMap, names: Sequence[str], stem: str) -> str:
    lines = []
    for i, name in enumerate(names):
        tensor, macro = graph.tensors[name], f"{stem}_{i}"
        lines.append(f"/* {comment(name)}: {tensor.dtype} {tensor.shape} */")
        lines.append(f"#define {macro}_TYPE {C_TYPES[tensor.dtype]}")
        lines.append(f"#define {macro}_SIZE {tensor.elements}")
        lines.append(f"#define {macro}_BYTES {tensor.bytes}")
        lines.append(f"#define {macro}_RANK {len(tensor.shape)}")
        lines.append(f"#define {macro}_SHAPE {{{', '.join(map(str, tensor.shape)) or '1'}}}")
        lines.append(f"#define {macro}_OFFSET {memory.tensors[name]}")
        if tensor.quantization is not None:
            lines.append(f"#define {macro}_SCALE {real(tensor.scale)}")
            lines.append(f"#define {macro}_ZERO_POINT ({tensor.zero_point})")
    return "\n".join(lines)


def _accessor(role: str, index: int, prefix: str) -> str:
    macro = f"{prefix.upper()}_{role.upper()}_{index}"
    return (
        f"static inline {macro}_TYPE *{prefix}_{role}_{index}({prefix}_arena_t *arena) {{\n"
        f"  return ({macro}_TYPE *)(void *)(arena->bytes + {macro}_OFFSET);\n}}"
    )
