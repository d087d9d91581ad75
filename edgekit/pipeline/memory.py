"""What a graph needs on a device, before any backend plans it."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Weights, and the peak of live activations in execution order.

    A graph input is alive from the start to its last use, an output from its layer to the end, any other activation
    from its layer to its last use.
    """
    last = {name: len(graph.nodes) for name in graph.outputs}
    for index, node in enumerate(graph.nodes):
        for name in node.inputs:
            if name is not None:
                last[name] = max(last.get(name, index), index)
    sizes = {name: t.bytes for name, t in graph.tensors.items() if not t.is_constant}
    alive = set(graph.inputs)
    peak, layer = sum(sizes[name] for name in alive), ""
    for index, node in enumerate(graph.nodes):
        alive.update(node.outputs)
        size = sum(sizes[name] for name in alive if name in sizes)
        if size > peak or not layer:
            peak, layer = max(size, peak), node.name
        alive = {name for name in alive if last.get(name, -1) > index}
    read = {name for node in graph.nodes for name in node.inputs if name is not None}
    weights = sum(graph.tensors[name].bytes for name in read if graph.tensors[name].is_constant)
    return Memory(weights, peak, layer)


def require_fit(memory: Memory, target: Target) -> None:
    """Raises UnsupportedError when the model cannot fit the target, whatever the backend does."""
    for what, needed, limit in (
        ("flash", memory.weights, target.memory.flash),
        ("RAM", memory.peak, target.memory.ram),
    ):
        if limit is not None and needed > limit:
            raise UnsupportedError(
                f"target {target.name}", f"{what}: the model needs at least {needed} bytes, {limit} are there",
                "use a smaller network or another target",
            )  # fmt: skip
