"""From a graph to calls of kernels: one emitter per operator, found by file name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgekit import plugins
from edgekit.backends.c import choice, forms
from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.choice import Optimize
from edgekit.backends.c.moves import whole_copy
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node, Tensor
from edgekit.reference import Simulator

ARITHMETIC = "tflm"
INT8 = ("int8",)
BIAS = 2  # the input of operators with weights that is int32


def supports(operator: str) -> bool:
    """Whether there is an emitter."""
    return operator in plugins.names("edgekit.backends.c.emit")


def calls_of(graph: Graph, core: str, optimize: Optimize = "speed") -> list[Call | Alias]:
    """One call per node, chosen for the objective.

    Raises:
        UnsupportedError: names the first layer that has no kernel for its operator, types or parameters, with the
            simulator's rules among them: what it refuses has no integers to be equal to.
    """
    if graph.arithmetic != ARITHMETIC:
        raise UnsupportedError(graph.name, f"the C kernels compute the arithmetic {ARITHMETIC}, not {graph.arithmetic}")
    for name in graph.outputs:
        if graph.tensors[name].is_constant:
            raise UnsupportedError(graph.name, f"its output {name} is a constant", "remove that output")
    Simulator(graph)
    return choice.choose(graph, [candidates_of(graph, node, core) for node in graph.nodes], core, optimize)


def call_of(graph: Graph, node: Node, core: str) -> Call | Alias:
    """The fastest call of one node. Raises UnsupportedError."""
    return choice.fastest(candidates_of(graph, node, core), core)


def candidates_of(graph: Graph, node: Node, core: str) -> list[Call | Alias]:
    """All calls that compute one node, the portable one last. Raises UnsupportedError."""
    where = f"layer {node.name} ({node.op.name})"
    emitter = plugins.module("edgekit.backends.c.emit", node.op.name)
    if emitter is None:
        raise UnsupportedError(where, "has no C kernel", "edgekit targets --operators")
    layer = Layer(node.op, graph.node_inputs(node), graph.node_outputs(node), core)
    types = getattr(emitter, "TYPES", INT8)
    for tensor in _typed(layer):
        if tensor.dtype not in types:
            what = f"has C kernels for {', '.join(types)}, {tensor.name} is {tensor.dtype}"
            raise UnsupportedError(where, what, "quantize the model to int8")
    try:
        call = emitter.emit(layer)
    except ValueError as error:
        raise UnsupportedError(where, str(error)) from error
    if isinstance(call, Alias) and layer.input(call.input).is_constant:
        return [replace(whole_copy(layer.outputs[0].bytes), inputs=(call.input,))]
    return forms.candidates(layer, call)


def _typed(layer: Layer) -> list[Tensor]:
    """The tensors that the operator's types are about: all but an int32 bias."""
    given = [t for i, t in enumerate(layer.inputs) if t is not None and not (i == BIAS and t.dtype == "int32")]
    return [*given, *layer.outputs]


def called_layers(graph: Graph, calls: Sequence[Call | Alias]) -> list[str]:
    """Name of the first output of every node that is called, in order: layer i of the firmware."""
    return [node.name for node, call in zip(graph.nodes, calls, strict=True) if isinstance(call, Call)]


def constant_bytes(graph: Graph, calls: Sequence[Call | Alias]) -> int:
    """Bytes of weights and tables in flash, known before anything is written."""
    arrays = [v for c in calls if isinstance(c, Call) for v in c.fields.values() if isinstance(v, np.ndarray)]
    operands = [
        tensor.data
        for node, call in zip(graph.nodes, calls, strict=True)
        if isinstance(call, Call)
        for i in call.inputs
        if (tensor := graph.node_inputs(node)[i]) is not None and tensor.data is not None
    ]
    return sum(a.nbytes for a in [*arrays, *operands])


def weight_bytes(graph: Graph, calls: Sequence[Call | Alias]) -> int:
    """The part of `constant_bytes` that is weights and their per-channel constants: all constants of layers that read
    constants, so neither the tables of other layers nor the layers' parameters."""
    with_weights = [call if any(t.is_constant for t in graph.node_inputs(node) if t is not None) else Alias()
                    for node, call in zip(graph.nodes, calls, strict=True)]  # fmt: skip
    return constant_bytes(graph, with_weights)
