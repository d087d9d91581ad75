"""Transposes and reshapes travel towards the outputs until they meet and cancel.

One sweep in execution order keeps, for every value, where it really lies: a tensor of the new graph, and the reshape
and transpose that would make the value of it (`View`). Operators that can work on the tensor as it lies do so, with
axes renamed; a fully connected layer takes the permutation into its weights; all others get the value made in fact. So
an NCHW network, whose importer wraps each NHWC operator in transposes, ends with none. Consecutive reshapes become one.
"""

from __future__ import annotations

from edgekit.graph import Graph
from edgekit.passes._layout import Layout

ORDER = 25


def run(graph: Graph) -> Graph:
    writers = graph.producers()
    chained = any(
        node.op.name == "reshape" and (before := writers.get(str(node.inputs[0]))) and before.op.name == "reshape"
        for node in graph.nodes
    )
    if not chained and not any(node.op.name == "transpose" for node in graph.nodes):
        return graph
    result = Layout(graph).run()
    same = result.nodes == graph.nodes and result.outputs == graph.outputs
    return graph if same else result
