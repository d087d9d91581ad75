"""Does the model fit? Known exactly for RAM and constants before anything is compiled."""

from __future__ import annotations

from edgekit.backends._contract import Rejection
from edgekit.backends.c.emission import calls_of, constant_bytes
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.options import options_of
from edgekit.graph import Graph
from edgekit.target import Target

CODE_BYTES = 24 << 10  # kernels, harness and startup at -O3, with room to spare
STACK_BYTES = 4 << 10


def does_not_fit(graph: Graph, target: Target) -> list[Rejection]:
    """At most one rejection for RAM and one for flash, with the figures and what would make it fit."""
    calls = calls_of(graph, options_of(target).core)
    memory, constants = memory_map(graph, calls), constant_bytes(graph, calls)
    found = []
    ram, flash = target.memory.ram, target.memory.flash
    need = memory.arena + STACK_BYTES
    if ram is not None and need > ram:
        peak = max(graph.nodes, key=lambda n: sum(t.bytes for t in graph.node_outputs(n))).name
        found.append(
            Rejection(
                peak,
                "arena",
                f"The arena and {STACK_BYTES} bytes of stack must fit the RAM of {target.title}.",
                f"{need:,} bytes of {ram:,}: {need - ram:,} too many",
                f"Halve the resolution or the channels around {peak}, or prune.",
            )
        )
    need = constants + CODE_BYTES
    if flash is not None and need > flash:
        largest = max((t for t in graph.tensors.values() if t.is_constant), key=lambda t: t.bytes)
        found.append(
            Rejection(
                largest.name,
                "constants",
                f"Constants and {CODE_BYTES} bytes of code must fit the flash of {target.title}.",
                f"{need:,} bytes of {flash:,}: {need - flash:,} too many",
                f"Prune, or use fewer channels; the largest constant is {largest.name} with {largest.bytes:,} bytes.",
            )
        )
    return found
