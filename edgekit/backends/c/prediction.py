"""What a graph will cost, before anything is compiled: instructions and cycles by the fitted counts, bytes exactly."""

from __future__ import annotations

from collections.abc import Iterable

from edgekit.backends._contract import Estimate
from edgekit.backends.c import counts
from edgekit.backends.c.call import Call
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
    """Instructions and cycles per layer and in total, arena and constants of the calls that a build would choose.

    A group of layers counts under the last of them.

    Raises:
        InputError: unknown options. UnsupportedError: a layer without a kernel.
    """
    options = options_of(target)
    core, level = options.core, level_of(options)
    division, notes = division_for(graph, target)
    calls, groups = division.calls, division.groups
    with_cycles = counts.has_cycles(core, level)
    layers: dict[str, float | None] = {node.name: 0.0 for node in graph.nodes}
    cycles, kernels = dict(layers), {node.name: "" for node in graph.nodes}
    for i, step in steps(calls, groups):
        name = step.output if isinstance(step, Group) else graph.nodes[i].name
        made = list(step.calls.values()) if isinstance(step, Group) else [step]
        missing = sorted({f"ek_{call.kernel}" for call in made if counts.instructions(call, core, level) is None})
        notes += [f"no estimate for {kernel} on {core} at {level}" for kernel in missing]
        kernels[name] = ", ".join(sorted({call.kernel for call in made}))
        layers[name] = _total("instructions", step, core, level)
        cycles[name] = _total("cycles", step, core, level) if with_cycles else None
        if with_cycles and cycles[name] is None and layers[name] is not None:
            missing = sorted({f"ek_{call.kernel}" for call in made if counts.cycles(call, core, level) is None})
            notes += [f"no cycles of {kernel} on {core} at {level}" for kernel in missing]
    total, total_cycles = _sum(layers.values()), _sum(cycles.values()) if with_cycles else None
    if total is not None and not with_cycles:
        notes.append(f"cycles are not estimated on {core} at {level}")
    if groups:
        notes.append(words(price(graph, division, core)))
    return Estimate(
        "instructions",
        layers,
        total,
        kernels,
        memory_map(graph, calls, groups=groups).arena,
        constant_bytes(graph, calls, groups),
        tuple(dict.fromkeys(notes)),
        cycles if with_cycles else None,
        total_cycles,
        target.clock_hz,
    )


def _total(unit: counts.Unit, step: Call | Group, core: str, level: str) -> float | None:
    """A call, or all runs of a group's tiles and what is around them."""
    predict = counts.instructions if unit == "instructions" else counts.cycles
    if isinstance(step, Call):
        return predict(step, core, level)
    found = {id(call): predict(call, core, level) for call in step.calls.values()}
    runs = [
        (times, found[id(step.calls[output, tile])])
        for output, tiles in tiles_of(step.schedule).items()
        for tile, times in tiles.items()
    ]
    inside = _sum(None if one is None else times * one for times, one in runs)
    return None if inside is None else inside + around(unit, step.schedule, step.row_bytes, core)


def _sum(parts: Iterable[float | None]) -> float | None:
    """None where one of them is not known."""
    known = list(parts)
    return None if None in known else sum(part for part in known if part is not None)
