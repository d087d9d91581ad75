"""What a graph will cost on a target, before anything is compiled: instructions by the fitted counts, bytes exactly."""

from __future__ import annotations

from edgekit.backends._contract import Estimate
from edgekit.backends.c import counts
from edgekit.backends.c.division import around
from edgekit.backends.c.fit import division_for
from edgekit.backends.c.groups import price
from edgekit.backends.c.layers import constant_bytes, steps
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.options import level_of, options_of
from edgekit.backends.c.tiles import Group, tiles_of
from edgekit.graph import Graph
from edgekit.report.firmware import groups as words
from edgekit.target import Target


def estimate(graph: Graph, target: Target) -> Estimate:
    """Instructions per layer and in total, arena and constants of the calls that a build would choose.

    A group of layers counts under the last of them.

    Raises:
        InputError: unknown options. UnsupportedError: a layer without a kernel.
    """
    options = options_of(target)
    division, notes = division_for(graph, target)
    calls, groups = division.calls, division.groups
    layers: dict[str, float | None] = {node.name: 0.0 for node in graph.nodes}
    kernels = {node.name: "" for node in graph.nodes}
    for i, step in steps(calls, groups):
        name = step.output if isinstance(step, Group) else graph.nodes[i].name
        made = list(step.calls.values()) if isinstance(step, Group) else [step]
        found = {id(call): counts.instructions(call, options.core, level_of(options)) for call in made}
        missing = sorted({f"ek_{call.kernel}" for call in made if found[id(call)] is None})
        notes += [f"no estimate for {kernel} on {options.core} at {level_of(options)}" for kernel in missing]
        kernels[name] = ", ".join(sorted({call.kernel for call in made}))
        known = {key: count for key, count in found.items() if count is not None}
        layers[name] = (
            None if missing else _group(step, known, options.core) if isinstance(step, Group) else known[id(step)]
        )
    if groups:
        notes.append(words(price(graph, division, options.core)))
    total = [count for count in layers.values() if count is not None]
    return Estimate(
        "instructions",
        layers,
        sum(total) if len(total) == len(layers) else None,
        kernels,
        memory_map(graph, calls, groups=groups).arena,
        constant_bytes(graph, calls, groups),
        tuple(dict.fromkeys(notes)),
    )


def _group(group: Group, found: dict[int, float], core: str) -> float:
    """All runs of a group's tiles, and what is around them."""
    runs = sum(
        times * found[id(group.calls[output, tile])]
        for output, tiles in tiles_of(group.schedule).items()
        for tile, times in tiles.items()
    )
    return runs + around(group.schedule, group.row_bytes, core)
