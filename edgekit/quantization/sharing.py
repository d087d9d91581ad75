"""Which activations must have the same scale and zero point, and which parameters every activation gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.graph import Graph, Node, Quantization
from edgekit.quantization.parameters import activation_parameters
from edgekit.quantization.rule import Rule, rule_of

Range = tuple[float, float]


@dataclass(frozen=True)
class Parameters:
    """The outcome of `assign`.

    Attributes:
        own: parameters of every activation by name.
        shared: by node name, the parameters that all inputs and outputs of a `same` node must have.
    """

    own: Mapping[str, Quantization]
    shared: Mapping[str, Quantization]


def assign(graph: Graph, ranges: Mapping[str, Range]) -> Parameters:
    """Parameters of all activations.

    Activations joined by operators that only move values share the union of their ranges. An activation whose
    parameters the specification fixes keeps them: its group takes them over where they cover everything else in it;
    elsewhere the group goes without, and lowering requantizes between the two.
    """
    parent = {tensor.name: tensor.name for tensor in graph.activations()}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    rules = [(node, rule_of(node)) for node in graph.nodes]
    spread: dict[str, list[Range]] = {}
    for node, rule in rules:
        if rule.same:
            for name in node.inputs:
                if name in parent:
                    parent[root(str(name))] = root(node.outputs[0])
            for name in node.outputs[1:]:
                parent[root(name)] = root(node.outputs[0])
    fixed = {n: Quantization.per_tensor(*rule.output) for node, rule in rules if rule.output for n in node.outputs}
    for name in parent:
        if name not in fixed:
            spread.setdefault(root(name), []).append(ranges[name])
    for group, extremes in _constants(graph, rules):
        spread.setdefault(root(group), []).append(extremes)

    found: dict[str, Quantization] = {}
    for group in {root(name): None for name in parent}:
        offers = [q for name, q in fixed.items() if root(name) == group]
        members = spread.get(group, [])
        if offers and all(q == offers[0] for q in offers) and all(_covers(offers[0], r) for r in members):
            found[group] = offers[0]
        elif members:
            found[group] = activation_parameters(min(r[0] for r in members), max(r[1] for r in members))
    own = {name: fixed.get(name) or found[root(name)] for name in parent}
    shared = {node.name: found[root(node.outputs[0])] for node, rule in rules if rule.same}
    return Parameters(own, shared)


def _constants(graph: Graph, rules: list[tuple[Node, Rule]]) -> list[tuple[str, Range]]:
    """An output of the group, and the extremes of every constant that takes part in it."""
    found = []
    for node, rule in rules:
        for name in node.inputs if rule.same else ():
            data = None if name is None else graph.tensors[name].data
            if data is not None:
                found.append((node.outputs[0], (float(data.min()), float(data.max()))))
    return found


def _covers(q: Quantization, wanted: Range) -> bool:
    scale, zero = float(q.scale[0]), int(q.zero_point[0])
    return (-128 - zero - 0.5) * scale <= wanted[0] and wanted[1] <= (127 - zero + 0.5) * scale
