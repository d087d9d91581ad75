"""What an int8 graph costs a target, and by how much it breaks limits: known without training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgekit import backends
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, is_quantized
from edgekit.pipeline.memory import memory_of, require_fit
from edgekit.target import Target


@dataclass(frozen=True)
class Costs:
    """An int8 graph on a target.

    Attributes:
        values: `latency` in `unit`, `ram` and `flash` in bytes, `macs`, `parameters`.
        unit: of latency: "cycles" where they are estimated for every layer, else the unit of the target's cost model,
            "MACs" where it has none.
        exact: whether `ram` is the planned arena, else the least that activations need; `flash` are constants, always.
        rejected: why the target does not take it; empty when it does.
    """

    values: dict[str, float]
    unit: str
    exact: bool
    rejected: tuple[str, ...] = ()


def costs(graph: Graph, target: Target, unit: str | None = None) -> Costs:
    """Of an int8 graph. unit: of latency, wherever it is known in that; None: the first that is known."""
    backend = backends.backend(target.backend)
    macs, memory = graph.macs(), memory_of(graph)
    found: dict[str, float] = {
        "latency": macs, "ram": memory.peak, "flash": memory.weights, "macs": macs, "parameters": graph.parameters()
    }  # fmt: skip
    rejected = tuple(str(rejection) for rejection in backend.check(graph, target))
    if hasattr(backend, "estimate") and is_quantized(graph):
        try:
            estimate = backend.estimate(graph, target)
        except UnsupportedError as error:
            return Costs(found, "MACs", False, (*rejected, str(error)))
        found |= {"ram": estimate.arena_bytes, "flash": estimate.constant_bytes}
        known = {"cycles": estimate.total_cycles, estimate.unit: estimate.total, "MACs": macs}
        latencies = {name: round(count) for name, count in known.items() if count is not None}
        told = unit if unit is not None and unit in latencies else next(iter(latencies))
        return Costs(found | {"latency": latencies[told]}, told, True, rejected)
    try:
        require_fit(memory, target)
    except UnsupportedError as error:
        rejected = (*rejected, str(error))
    return Costs(found, "MACs", False, rejected)


def broken(
    found: Costs, limits: Mapping[str, float], target: Target, unit: str | None = None
) -> dict[str, tuple[float, str]]:
    """By limit that is broken: how far, as a share of it, and a sentence. Latency must be known in `unit`, if any."""
    over: dict[str, tuple[float, str]] = {}
    told = unit in (None, found.unit)
    if not told and not found.rejected:
        over["latency"] = (1.0, f"the target's cost model gives no {unit}")
    for name, limit in limits.items():
        value = found.values.get(name) if told or name != "latency" else None
        if value is not None and value > limit:
            over[name] = (share(value, limit), f"{name} {value:,.0f}, the limit is {limit:,.0f}")
    if found.rejected:
        memory = {"ram": target.memory.ram, "flash": target.memory.flash}
        worst = max((share(found.values[name], room) for name, room in memory.items() if room), default=0.0)
        # code and stack take room too: a rejected network may seem to fit by its own bytes alone
        over[target.name] = (max(worst, 0.01), found.rejected[0])
    return over


def share(value: float, limit: float) -> float:
    """By what share of a limit a value is above it."""
    return (value - limit) / abs(limit) if limit else value
