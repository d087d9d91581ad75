"""Random fully connected layers."""

from __future__ import annotations

from edgekit.graph import Graph, Node
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.fully_connected import FullyConnected
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def case(pick: Picker) -> Graph:
    op = FullyConnected(keep_num_dims=flag(pick), activation=choose(pick, ACTIVATIONS))
    shape = picker.shape(pick, pick.integer(2, 4), batch=choose(pick, (1, 1, 2, 5)))
    width = shape[-1]
    if not op.keep_num_dims and flag(pick):
        width *= shape[-2] if len(shape) > 2 else 1
    graph = Graph("fully_connected", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", shape))
    names = ("x", *picker.weights_and_bias(pick, graph, (pick.integer(1, 20), width)))
    (shape,) = op.infer([graph.tensors[n] for n in names])
    graph.add(picker.activation(pick, "y", shape))
    graph.nodes = [Node(op, names, ("y",))]
    graph.validate()
    return graph
