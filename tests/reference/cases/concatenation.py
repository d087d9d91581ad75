"""Random concatenations, constants among the inputs."""

from __future__ import annotations

from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.concatenation import Concatenation
from tests.reference import picker
from tests.reference.picker import Picker, choose


def case(pick: Picker) -> Graph:
    dims = picker.shape(pick, pick.integer(1, 5), 5, choose(pick, (1, 1, 3)))
    op = Concatenation(pick.integer(0, len(dims) - 1))
    graph = Graph("concatenation", outputs=["y"])
    names = [f"x{i}" for i in range(choose(pick, (1, 2, 3, 4, 10, 11)))]
    first = picker.activation(pick, "x", dims)
    for name in names:
        size = (*dims[: op.axis], pick.integer(1, 4), *dims[op.axis + 1 :])
        if graph.inputs and pick.integer(0, 5) == 0:
            graph.add(Tensor.constant(name, picker.integers(pick, size, -128, 127, "int8"), first.quantization))
        else:
            graph.add(picker.activation(pick, name, size, like=first))
            graph.inputs.append(name)
    (shape,) = op.infer([graph.tensors[name] for name in names])
    graph.add(picker.activation(pick, "y", shape, like=first))
    graph.nodes = [Node(op, tuple(names), ("y",))]
    graph.validate()
    return graph


def _too_many(graph: Graph) -> bool:
    """TensorFlow Lite Micro joins at most 10 inputs (its kMaxInputNum)."""
    return len(graph.nodes[0].inputs) > 10


REFUSED = {"tflite-micro": _too_many}
