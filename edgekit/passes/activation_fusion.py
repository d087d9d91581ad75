"""A float ReLU, ReLU6 or ReLU-1-to-1 becomes the activation of the operator before it.

Pools are left alone: targets refuse pools with an activation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from edgekit.graph import Graph, Node
from edgekit.passes._rewrite import Sweep, is_float

ORDER = 40
ACTIVATIONS = frozenset(["relu", "relu6", "relu_n1_to_1"])
HOSTS = frozenset(["conv_2d", "depthwise_conv_2d", "fully_connected", "add", "sub", "mul"])


def run(graph: Graph) -> Graph:
    sweep = Sweep(graph)
    fused: dict[str, Node] = {}
    for node in graph.nodes:
        if node.op.name in ACTIVATIONS and is_float(graph, node):
            host = sweep.writer(node.inputs[0])
            if host is not None and _takes(sweep, graph, host, node):
                fused[host.outputs[0]] = node
    gone = {node.outputs[0] for node in fused.values()}
    for node in graph.nodes:
        after = fused.get(node.outputs[0])
        if after is not None:
            op: Any = node.op
            sweep.changed = True
            sweep.keep(Node(replace(op, activation=after.op.name), node.inputs, after.outputs))
        elif node.outputs[0] not in gone:
            sweep.keep(node)
    return sweep.finish()


def _takes(sweep: Sweep, graph: Graph, host: Node, node: Node) -> bool:
    plain = host.op.name in HOSTS and getattr(host.op, "activation", None) == "none"
    return plain and graph.tensors[host.outputs[0]].dtype == "float32" and sweep.only_reader(host.outputs[0], node)
