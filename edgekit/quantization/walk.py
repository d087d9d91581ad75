"""A float graph and its int8 form run side by side, layer by layer, while what comes next can still be changed.

Some fixes set a layer's bias or rounding by what the int8 layers before it really compute, their own fixes included.
Each layer runs once per sample on either side, and only values that are still needed are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node, Tensor
from edgekit.quantization.draft import Draft
from edgekit.quantization.layers import Layer, layer_of
from edgekit.quantization.lowering import lower
from edgekit.quantization.observe import Progress, batches
from edgekit.reference import Simulator, dequantize_array
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.simulator import prepare_node

Array = NDArray[Any]
Visit = Callable[[Draft, Layer, Array, Array], Draft]
"""visit(draft, layer, real, found): the layer's input in the float graph and, as real values, in the int8 graph."""
SAMPLES = 64  # whose activations are held at once


def walk(draft: Draft, visit: Visit, progress: Progress | None, text: str) -> Draft:
    """Let `visit` change every layer that has weights, in execution order, before it runs.

    Raises:
        UnsupportedError: the graph mixes samples along axis 0.
    """
    section = draft.section.model_copy(update={"input_dtype": None, "output_dtype": None})
    inside = replace(draft, section=section)  # so that names are the same on both sides
    graph, integer = draft.graph, lower(inside)
    if not Simulator(graph).batchable:
        raise UnsupportedError(graph.name, "mixes samples along axis 0; this fix needs them apart")
    given = next(iter(batches(graph, draft.samples, SAMPLES)))
    real, found = dict(given), Simulator(integer).prepare_inputs(given)[0]
    done = 0
    for index, node in enumerate(graph.nodes):
        if progress is not None:
            progress(index, len(graph.nodes), text)
        layer = layer_of(graph, node)
        if layer is not None and layer.rule.bias is not None:
            source = _read(integer, node)
            before = inside
            inside = visit(inside, layer, real[layer.source], dequantize_array(found[source], integer.tensors[source]))
            integer = lower(inside) if inside is not before else integer
        _run(graph, node, real)
        while done < len(integer.nodes) and not set(node.outputs) <= found.keys():
            _run(integer, integer.nodes[done], found)
            done += 1
        _forget(graph, graph.nodes[index + 1 :], real)
        _forget(integer, integer.nodes[done:], found)
    return replace(inside, section=draft.section)


def linear(layer: Layer, weights: Array, x: Array, output: Tensor) -> Array:
    """The layer on x (N, ...) with these weights, no bias and no activation; float32 (N, ..., channels)."""
    op: Any = layer.node.op
    if hasattr(op, "activation"):
        op = replace(op, activation="none")
    graph = Graph("layer", inputs=["x"], outputs=["y"])
    graph.add(Tensor("x", (1, *x.shape[1:]), "float32"))
    graph.add(output.with_(name="y"))
    inputs: list[str | None] = ["x", graph.add(Tensor.constant("w", weights.astype(np.float32)))]
    graph.nodes.append(Node(op, tuple(inputs), ("y",)))
    return np.asarray(Simulator(graph).run({"x": x.astype(np.float32)})["y"])


def _read(integer: Graph, node: Node) -> str:
    """What the int8 form of a layer reads: the activation itself, or one requantized for it."""
    return str(next(other for other in integer.nodes if other.outputs == node.outputs).inputs[0])


def _run(graph: Graph, node: Node, values: dict[str, Array]) -> None:
    kernel = prepare_node(graph, node, arithmetic(graph.arithmetic))
    given = [None if n is None else values[n] if n in values else graph.tensors[n].data for n in node.inputs]
    values.update(zip(node.outputs, kernel(given), strict=True))


def _forget(graph: Graph, rest: list[Node], values: dict[str, Array]) -> None:
    needed = {name for node in rest for name in node.inputs}
    for name in [n for n in values if n not in needed]:
        del values[name]
