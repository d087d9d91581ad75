"""What a graph needs on a device, before any backend plans it."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.analysis import live_bytes, stored_bytes
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph
from edgekit.target import Target


@dataclass(frozen=True)
class Memory:
    """Bytes.

    Attributes:
        weights: all constants that layers read.
        peak: the largest sum of activations alive at once; no plan without sharing or splitting tensors needs less.
        peak_layer: while which layer that is.
    """

    weights: int
    peak: int
    peak_layer: str


def memory_of(graph: Graph) -> Memory:
    """Constants that layers read, and the peak of live activations; of a float graph those of its int8 form."""
    live = live_bytes(graph)
    peak = max(live, default=0)
    read = {name for node in graph.nodes for name in node.inputs if name is not None}
    weights = sum(stored_bytes(graph.tensors[name]) for name in read if graph.tensors[name].is_constant)
    return Memory(weights, peak, graph.nodes[live.index(peak)].name if live else "")


def require_fit(memory: Memory, target: Target) -> None:
    """Raises UnsupportedError when the model cannot fit the target, as far as that is known before it is planned.

    Where layers may run stripe by stripe, activations need not be there whole.
    """
    for what, needed, limit in (
        ("flash", memory.weights, target.memory.flash),
        ("RAM", memory.peak, None if target.striped else target.memory.ram),
    ):
        if limit is not None and needed > limit:
            raise UnsupportedError(
                f"target {target.name}", f"{what}: the model needs at least {needed} bytes, {limit} are there",
                "use a smaller network or another target",
            )  # fmt: skip
