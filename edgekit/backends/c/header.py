"""The public header of a generated model."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from edgekit import __version__
from edgekit.backends.c import templates
from edgekit.backends.c.memory import MemoryMap
from edgekit.graph import Graph

C_TYPES = {"int8": "int8_t", "uint8": "uint8_t", "int16": "int16_t", "uint16": "uint16_t", "int32": "int32_t",
           "int64": "int64_t", "float32": "float", "bool": "uint8_t"}  # fmt: skip


def comment(text: str) -> str:
    """A model's own words, harmless inside a C comment or string."""
    return re.sub(r"[^ -~]|\*/|/\*|\\|\?\?|\"", "_", text)


def real(value: float | np.floating) -> str:
    """A float32 as a C99 and C++ literal that reads back as the same float32."""
    text = f"{float(value):.9g}"
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def header(graph: Graph, memory: MemoryMap, layers: int, prefix: str) -> str:
    """The text of `<prefix>.h`."""
    accessors = [_accessor("input", i, prefix) for i in range(len(graph.inputs))]
    accessors += [_accessor("output", i, prefix) for i in range(len(graph.outputs))]
    return templates.MODEL_H.format(
        p=prefix,
        P=prefix.upper(),
        version=__version__,
        name=comment(graph.name),
        hash=graph.fingerprint(),
        arena=max(memory.arena, 1),
        inputs=len(graph.inputs),
        outputs=len(graph.outputs),
        input_bytes=sum(graph.tensors[n].bytes for n in graph.inputs),
        output_bytes=sum(graph.tensors[n].bytes for n in graph.outputs),
        layers=layers,
        input_macros=io_macros(graph, memory, graph.inputs, f"{prefix.upper()}_INPUT"),
        output_macros=io_macros(graph, memory, graph.outputs, f"{prefix.upper()}_OUTPUT"),
        accessors="\n".join(accessors),
    )


def io_macros(graph: Graph, memory: MemoryMap, names: Sequence[str], stem: str) -> str:
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
