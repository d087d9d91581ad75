"""Finds the runs of layers that the engine takes, and makes a kernel of each."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit import plugins
from edgekit.graph import Graph, Node, Tensor
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.engine.lowering import INPUT, Array, Lowering

AT_ONCE = 8  # samples: their activations stay in the second-level cache
PROVEN = ("double-rounding",)  # the rules whose kernels are lowered here
MACHINES = ("x86_64", "AMD64")  # where ONNX Runtime has the blocked layout; elsewhere the NumPy kernels are as fast
WORTH = ("conv_2d", "depthwise_conv_2d")


@dataclass(frozen=True)
class Segment:
    """Nodes start to stop of a graph as one kernel from int8 arrays of `inputs` to those of `outputs`."""

    start: int
    stop: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    session: Any
    tensors: tuple[Tensor, ...]

    def __call__(self, arrays: Sequence[Array | None]) -> list[Array]:
        given = [np.asarray(a) for a in arrays]
        count = len(given[0])
        results = [np.empty((count, *t.shape[1:]), np.int8) for t in self.tensors]
        for begin in range(0, count, AT_ONCE):
            end = min(begin + AT_ONCE, count)
            found = self.session.run(None, {INPUT + n: a[begin:end] for n, a in zip(self.inputs, given, strict=True)})
            for value, tensor, result in zip(found, self.tensors, results, strict=True):
                value += np.float32(tensor.zero_point)
                np.copyto(result[begin:end], value[:, : tensor.shape[3]].transpose(0, 2, 3, 1), casting="unsafe")
        return results


def segments(graph: Graph, arithmetic: Arithmetic) -> list[Segment]:
    """The longest runs of nodes that can be proven; those without a convolution are not worth the way there."""
    if platform.machine() not in MACHINES:
        return []
    found, start = [], 0
    while start < len(graph.nodes):
        lowering, stop = Lowering(), start
        while stop < len(graph.nodes) and _lower(graph, graph.nodes[stop], arithmetic, lowering):
            stop += 1
        if any(node.op.name in WORTH for node in graph.nodes[start:stop]):
            found.append(_segment(graph, start, stop, lowering))
        start = max(stop, start + 1)
    return found


def _lower(graph: Graph, node: Node, arithmetic: Arithmetic, lowering: Lowering) -> bool:
    module = plugins.module("edgekit.reference.engine.ops", node.op.name)
    inputs, outputs = graph.node_inputs(node), graph.node_outputs(node)
    if arithmetic.rule(node.op.name) not in PROVEN:
        return False
    if module is None or not all(_suits(t) for t in [*inputs, *outputs] if t is not None and t.data is None):
        return False
    activations = [t for t in inputs if t is not None and t.data is None]
    if not activations or inputs[0] is not activations[0]:
        return False
    known, count = dict(lowering.values), len(lowering.nodes)
    for tensor in activations:
        if tensor.name not in lowering.values:
            lowering.input(tensor)
    names = [lowering.values[t.name] for t in activations]
    value = module.lower(node.op, inputs, outputs, arithmetic, lowering, names)
    if value is None:  # the segment ends before this node: nothing may stay that reads its inputs
        lowering.values = known
        del lowering.nodes[count:]
        return False
    lowering.values[outputs[0].name] = value
    return True


def _suits(tensor: Tensor) -> bool:
    q = tensor.quantization
    return (
        tensor.dtype == "int8" and len(tensor.shape) == 4 and tensor.shape[0] == 1 and q is not None and q.axis is None
    )


def _segment(graph: Graph, start: int, stop: int, lowering: Lowering) -> Segment:
    import onnxruntime

    inside = graph.nodes[start:stop]
    made = [name for node in inside for name in node.outputs]
    used = [n for node in inside for n in node.inputs if n is not None and graph.tensors[n].data is None]
    inputs = tuple(dict.fromkeys(n for n in used if n not in made))
    later = {n for node in graph.nodes[stop:] for n in node.inputs} | set(graph.outputs)
    outputs = tuple(n for n in made if n in later)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = lowering.model([graph.tensors[n] for n in inputs], outputs)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return Segment(start, stop, inputs, outputs, session, tuple(graph.tensors[n] for n in outputs))
