"""Which activations must have the same scale and zero point, and which parameters every activation gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edgekit.graph import Graph, Node, Quantization
from edgekit.quantization.parameters import parameters_of
from edgekit.quantization.rule import Rule, rule_of

Range = tuple[float, float]
TYPES = ("int8", "int16")


@dataclass(frozen=True)
class Parameters:
    """The outcome of `assign`.

    Attributes:
        own: parameters of every activation by name, in its own type.
        types: that type. layers: by node name, the type in which the layer computes.
        read: by (activation, type), parameters of the form that layers of another type read.
        shared: by node name, the parameters that all inputs and outputs of a `same` node must have.
    """

    own: Mapping[str, Quantization]
    types: Mapping[str, str]
    layers: Mapping[str, str]
    read: Mapping[tuple[str, str], Quantization]
    shared: Mapping[str, Quantization]

    def source(self, node: Node, name: str) -> Quantization:
        """What `node` reads the activation `name` in."""
        return self.shared.get(node.name) or self.read[name, self.layers[node.name]]


def assign(
    graph: Graph,
    ranges: Mapping[str, Range],
    wide: frozenset[str] = frozenset(),
    types: Mapping[str, str] | None = None,
) -> Parameters:
    """Parameters of all activations.

    Activations joined by operators that only move values share the union of their ranges. An activation whose
    parameters the specification fixes keeps them: its group takes them over where they cover everything else in it;
    elsewhere the group goes without, and lowering requantizes between the two. int8 and int16 members of a group have
    the parameters of their type.

    Args:
        wide: names of the layers that compute on int16 activations.
        types: of activations; by the layers that write them without, int8 for inputs.
    """
    parent = {tensor.name: tensor.name for tensor in graph.activations()}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    layers = {node.name: "int16" if node.name in wide else "int8" for node in graph.nodes}
    written = {name: layers[node.name] for node in graph.nodes for name in node.outputs}
    types = {name: (types or written).get(name, "int8") for name in parent}
    rules = [(node, rule_of(node)) for node in graph.nodes]
    spread: dict[str, list[Range]] = {}
    for node, rule in rules:
        if rule.same:
            for name in node.inputs:
                if name in parent:
                    parent[root(str(name))] = root(node.outputs[0])
            for name in node.outputs[1:]:
                parent[root(name)] = root(node.outputs[0])
    bound = {name: rule for node, rule in rules if rule.output for name in node.outputs}
    for name in parent:
        if name not in bound:
            spread.setdefault(root(name), []).append(ranges[name])
    for group, extremes in _constants(graph, rules):
        spread.setdefault(root(group), []).append(extremes)

    found: dict[tuple[str, str], Quantization] = {}
    read: dict[tuple[str, str], Quantization] = {}
    for dtype in TYPES:
        fixed = {name: q for name, rule in bound.items() if (q := rule.fixed(dtype)) is not None}
        for group in {root(name): None for name in parent}:
            offers = [q for name, q in fixed.items() if root(name) == group]
            members = spread.get(group, [])
            if offers and all(q == offers[0] for q in offers) and all(_covers(offers[0], dtype, r) for r in members):
                found[group, dtype] = offers[0]
            elif members:
                found[group, dtype] = parameters_of(dtype, min(r[0] for r in members), max(r[1] for r in members))
        read |= {(name, dtype): fixed.get(name) or found[root(name), dtype] for name in parent}
    own = {name: read[name, types[name]] for name in parent}
    shared = {node.name: found[root(node.outputs[0]), layers[node.name]] for node, rule in rules if rule.same}
    return Parameters(own, types, layers, read, shared)


def _constants(graph: Graph, rules: list[tuple[Node, Rule]]) -> list[tuple[str, Range]]:
    """An output of the group, and the extremes of every constant that takes part in it."""
    found = []
    for node, rule in rules:
        for name in node.inputs if rule.same else ():
            data = None if name is None else graph.tensors[name].data
            if data is not None:
                found.append((node.outputs[0], (float(data.min()), float(data.max()))))
    return found


def _covers(q: Quantization, dtype: str, wanted: Range) -> bool:
    scale, zero, info = float(q.scale[0]), int(q.zero_point[0]), np.iinfo(dtype)
    return (info.min - zero - 0.5) * scale <= wanted[0] and wanted[1] <= (info.max - zero + 0.5) * scale
