"""What a graph will cost on a target, before anything is compiled: instructions by the cost model, bytes exactly."""

from __future__ import annotations

from edgekit.backends._contract import Estimate
from edgekit.backends.c import cost
from edgekit.backends.c.call import Alias
from edgekit.backends.c.emission import calls_of, constant_bytes
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.options import level_of, options_of
from edgekit.graph import Graph
from edgekit.target import Target


def estimate(graph: Graph, target: Target) -> Estimate:
    """Instructions per layer and in total, arena and constants of the calls that a build would choose.

    Raises:
        InputError: unknown options. UnsupportedError: a layer without a kernel.
    """
    options = options_of(target)
    calls, level = calls_of(graph, options.core, options.optimize), level_of(options)
    layers: dict[str, float | None] = {}
    kernels: dict[str, str] = {}
    notes = []
    for node, call in zip(graph.nodes, calls, strict=True):
        if isinstance(call, Alias):
            layers[node.name], kernels[node.name] = 0.0, ""
            continue
        layers[node.name], kernels[node.name] = cost.instructions(call, options.core, level), call.kernel
        if layers[node.name] is None:
            notes.append(f"no estimate for ek_{call.kernel} on {options.core} at {level}")
    known = [count for count in layers.values() if count is not None]
    return Estimate(
        "instructions",
        layers,
        sum(known) if len(known) == len(layers) else None,
        kernels,
        memory_map(graph, calls).arena,
        constant_bytes(graph, calls),
        tuple(dict.fromkeys(notes)),
    )
