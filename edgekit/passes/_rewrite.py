"""Shared by the passes: one linear sweep that rebuilds a graph, and small questions about nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Operator, Tensor
from edgekit.graph.operator import Shape

ELEMENTWISE = frozenset(
    ["relu", "relu6", "relu_n1_to_1", "leaky_relu", "hard_swish", "logistic", "tanh", "quantize", "dequantize"]
)
"""Operators of one input that treat every element alike, whatever the shape."""

BINARY = frozenset(["add", "sub", "mul", "maximum", "minimum", "prelu"])
"""Broadcasting operators of two inputs."""


class Sweep:
    """Rebuilds a graph node by node, in order.

    A pass calls `keep` for nodes that stay (changed or not) and `alias` for values that turned out to be another value.
    `finish` gives the new graph, or the very old one when nothing was changed.
    """

    def __init__(self, graph: Graph) -> None:
        self.old = graph
        self.graph = replace(graph.copy(), nodes=[])
        self.readers = graph.consumers()
        self.writers = graph.producers()
        self.changed = False
        self._alias: dict[str, str] = {}
        self._outputs = set(graph.outputs)

    def name(self, name: str) -> str:
        """What a tensor of the old graph is called now."""
        while name in self._alias:
            name = self._alias[name]
        return name

    def only_reader(self, name: str, node: Node) -> bool:
        """Whether `node` alone reads the tensor, and the graph does not give it out."""
        return name not in self._outputs and self.readers.get(name, []) == [node]

    def writer(self, name: str | None) -> Node | None:
        """The node of the old graph that computes a tensor; None for inputs and constants."""
        return None if name is None else self.writers.get(name)

    def data(self, name: str | None) -> NDArray[Any] | None:
        """A constant's value, None for anything else."""
        return None if name is None else self.old.tensors[name].data

    def keep(self, node: Node) -> None:
        """Append a node; its inputs may be names of the old graph."""
        names = tuple(None if n is None else self.name(n) for n in node.inputs)
        self.graph.nodes.append(node if names == node.inputs else replace(node, inputs=names))

    def change(self, node: Node, op: Operator, inputs: tuple[str | None, ...]) -> None:
        """Append another node in `node`'s place, with the same outputs."""
        self.changed = True
        self.keep(Node(op, inputs, node.outputs))

    def constant(self, stem: str, data: NDArray[Any]) -> str:
        """Add a constant."""
        return self.graph.add(Tensor.constant(self.graph.unique(stem), data))

    def alias(self, name: str, other: str) -> bool:
        """Let `other` stand for `name` from here on; False, and nothing done, where the interface forbids it."""
        other = self.name(other)
        if name in self._outputs:
            if other in self._outputs or other in self.graph.inputs or self.graph.tensors[other].is_constant:
                return False
            self._outputs.add(other)  # it takes the output's name in the end
        self._alias[name] = other
        self.changed = True
        return True

    def finish(self) -> Graph:
        """The new graph without tensors that nothing uses; outputs keep their names."""
        if not self.changed:
            return self.old
        graph = prune(self.graph)
        for name in self.old.outputs:
            if name in self._alias:
                graph.outputs = [n if n != name else self.name(name) for n in graph.outputs]
        graph = prune(graph)
        for name in self.old.outputs:
            if name in self._alias:
                graph = rename(graph, self.name(name), name)
        return graph


def prune(graph: Graph) -> Graph:
    """The graph without tensors that no node and no interface mentions."""
    used = {n for node in graph.nodes for n in (*node.inputs, *node.outputs) if n is not None}
    used.update(graph.inputs, graph.outputs)
    return replace(graph.copy(), tensors={k: t for k, t in graph.tensors.items() if k in used})


def rename(graph: Graph, old: str, new: str) -> Graph:
    """The graph with one tensor called otherwise; `new` must be free."""
    if new in graph.tensors:
        raise ValueError(f"{new} exists")

    def one(name: str | None) -> str | None:
        return new if name == old else name

    nodes = [
        node if old not in node.inputs and old not in node.outputs
        else replace(node, inputs=tuple(map(one, node.inputs)), outputs=tuple(str(one(n)) for n in node.outputs))
        for node in graph.nodes
    ]  # fmt: skip
    tensors = {str(one(k)): t if k != old else t.with_(name=new) for k, t in graph.tensors.items()}
    return replace(graph, tensors=tensors, nodes=nodes, inputs=[str(one(n)) for n in graph.inputs],
                   outputs=[str(one(n)) for n in graph.outputs])  # fmt: skip


def is_float(graph: Graph, node: Node) -> bool:
    """Whether all inputs and outputs are plain float32."""
    tensors = [t for t in (*graph.node_inputs(node), *graph.node_outputs(node)) if t is not None]
    return all(t.dtype == "float32" and t.quantization is None for t in tensors)


def per_channel(data: NDArray[Any], shape: Shape) -> NDArray[Any] | None:
    """A broadcast operand as one value per index of the last axis of `shape`, None when it varies along another."""
    if data.ndim > len(shape) or any(d != 1 for d in data.shape[:-1]) or data.size not in (1, shape[-1]):
        return None
    return np.broadcast_to(data.reshape(-1), (shape[-1],))
