"""Which layer hurts: the noise at the output when one layer alone is int8 and all others stay float."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node
from edgekit.quantization.draft import Draft
from edgekit.quantization.layers import layer_of, stored, with_constants
from edgekit.quantization.observe import Progress, batches
from edgekit.quantization.quality import decibels
from edgekit.quantization.rule import rule_of
from edgekit.reference import Simulator, dequantize_array, quantize_array
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.simulator import prepare_node

Array = NDArray[Any]
SAMPLES = 32


@dataclass(frozen=True)
class Alone:
    """What one layer does to the graph's first output.

    Attributes:
        layer, op: its name and operator; "input" for a graph input.
        sqnr: of the graph's output in dB when the layer's weights and output are int8 and nothing else is.
        weights, activation: the same with only its weights, only its output int8; weights None where it has none.
    """

    layer: str
    op: str
    sqnr: float
    weights: float | None
    activation: float

    @property
    def culprit(self) -> str:
        """Whether weights or activation do more harm."""
        return "weights" if self.weights is not None and self.weights < self.activation else "activation"


def isolate(
    draft: Draft, samples: Mapping[str, Array] | None = None, progress: Progress | None = None, only: str | None = None
) -> list[Alone]:
    """Every layer that rounds anything, in execution order. Operators that only move values are left out.

    Args:
        samples: by input name; the draft's calibration samples without. The first 32 are used.
        only: name of the one layer that is asked for.
    """
    graph = draft.graph
    parameters, real = draft.parameters(), stored(draft)

    def rounded_to(values: Mapping[str, Array]) -> dict[str, Array]:
        """Real values through the integers of their activations and back."""
        found = {}
        for name, array in values.items():
            integer = graph.tensors[name].with_(dtype=parameters.types[name], quantization=parameters.own[name])
            found[name] = dequantize_array(quantize_array(array, integer), integer)
        return found

    given = next(iter(batches(graph, draft.samples if samples is None else samples, SAMPLES)))
    values = Simulator(graph).run(given, layers=True)
    spread = _Spread(graph, values)
    found = []
    for name in graph.inputs:
        if only not in (None, name):
            continue
        sqnr = spread.output(rounded_to({name: values[name]}), 0)
        found.append(Alone(name, "input", sqnr, None, sqnr))
    for done, node in enumerate(graph.nodes, 1):
        if progress is not None:
            progress(done, len(graph.nodes), "each layer alone")
        if rule_of(node).same or only not in (None, node.name):
            continue
        layer, exact, weights = layer_of(graph, node), None, None
        outputs = {name: values[name] for name in node.outputs}
        rounded = rounded_to(outputs)
        activation = spread.output(rounded, done)
        if layer is not None and layer.name in real:
            bias = draft.biases.get(layer.name, layer.bias)
            other = with_constants(graph, node, real[layer.name][0], bias)
            exact = spread.run(other, other.nodes[done - 1], values)
            weights = spread.output(exact, done)
            rounded = rounded_to(exact)
        sqnr = activation if exact is None else spread.output(rounded, done)
        found.append(Alone(node.name, node.op.name, sqnr, weights, activation))
    return found


class _Spread:
    """Runs what comes after a changed activation, and compares the graph's first output."""

    def __init__(self, graph: Graph, values: dict[str, Array]) -> None:
        self.graph, self.values = graph, values
        self.kernels = [prepare_node(graph, node, arithmetic(graph.arithmetic)) for node in graph.nodes]
        self.real = values[graph.outputs[0]].astype(np.float64)
        self.signal = float(np.square(self.real).sum())

    def run(self, graph: Graph, node: Node, values: dict[str, Array]) -> dict[str, Array]:
        kernel = prepare_node(graph, node, arithmetic(graph.arithmetic))
        given = [None if n is None else values[n] if n in values else graph.tensors[n].data for n in node.inputs]
        return dict(zip(node.outputs, kernel(given), strict=True))

    def output(self, changed: dict[str, Array], start: int) -> float:
        """SQNR in dB of the first output when these activations are others, from node `start` on."""
        for node, kernel in zip(self.graph.nodes[start:], self.kernels[start:], strict=True):
            if not any(name in changed for name in node.inputs):
                continue
            given = [
                None if n is None else changed[n] if n in changed
                else self.values[n] if n in self.values else self.graph.tensors[n].data
                for n in node.inputs
            ]  # fmt: skip
            changed.update(zip(node.outputs, kernel(given), strict=True))
        found = changed.get(self.graph.outputs[0])
        return decibels(self.signal, 0.0 if found is None else float(np.square(found - self.real).sum()))
