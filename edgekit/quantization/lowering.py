"""Lowering: a float graph and calibration data to the same graph in int8, or 16x8 for some layers or all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import InputError, UnsupportedError
from edgekit.graph import Graph, Node, Quantization, Tensor, operators
from edgekit.quantization.calibration import check_calibration, choose_samples
from edgekit.quantization.draft import Draft
from edgekit.quantization.observe import Progress
from edgekit.quantization.parameters import parameters_of, quantize_bias, quantize_constant, quantize_weights
from edgekit.quantization.rule import Rule, rule_of
from edgekit.quantization.sharing import Parameters
from edgekit.recipe import QuantizeSection

Array = NDArray[Any]


def quantize(
    graph: Graph, calibration: Mapping[str, Array], section: QuantizeSection, progress: Progress | None = None
) -> Graph:
    """The integer form of a float graph, by the TensorFlow Lite 8-bit quantization specification.

    Activations are int8 with one scale and zero point per tensor, weights int8 in -127..127 with one scale per output
    channel, biases int32 with scale s_in * s_w, zeros where a layer has none. Layers that `section` wants in int16 have
    int16 activations around zero and int64 biases; where types meet, a `quantize` stands between. Names stay; where the
    graph takes or gives another type than inside, `NAME_int8` (`NAME_int16`) stands beside NAME. The result is a
    pure function of the arguments.

    Args:
        graph: validated, float32 throughout; best after `edgekit.passes.optimize`.
        calibration: array by input name, N samples on axis 0; of more than `section.samples`, that many are chosen.
        section: method, number of samples, types of inputs and outputs.
        progress: called as (done, total, text).

    Raises:
        UnsupportedError: an operator has no int8 rule, or computed weights; names the layer.
        InputError: the graph is quantized already, or the calibration data does not fit it.
    """
    return lower(drafted(graph, calibration, section, progress))


def drafted(
    graph: Graph, calibration: Mapping[str, Array], section: QuantizeSection, progress: Progress | None = None
) -> Draft:
    """What `quantize` would lower, before it does: the graph, the chosen samples and the ranges. Arguments as there."""
    for tensor in graph.tensors.values():
        if tensor.quantization is not None or tensor.dtype == "int8":
            raise InputError(f"{graph.name}: tensor {tensor.name}", "is quantized already", "nothing is left to do")
    for tensor in graph.activations():
        if tensor.dtype != "float32":
            raise UnsupportedError(f"{graph.name}: tensor {tensor.name}", f"is {tensor.dtype}, not float32")
    for node in graph.nodes:
        _check_constants(graph, node, rule_of(node))
    check_calibration(graph, calibration)
    chosen = choose_samples(graph, calibration, section.samples, section.seed)
    return Draft.of(graph, chosen, section, progress)


def lower(draft: Draft) -> Graph:
    """The int8 graph of a draft. Raises UnsupportedError."""
    result = _Lowering(draft).run()
    result.validate()
    return result


def _check_constants(graph: Graph, node: Node, rule: Rule) -> None:
    for index in (rule.weights, rule.bias):
        name = node.inputs[index] if index is not None and index < len(node.inputs) else None
        if name is not None and graph.tensors[name].data is None:
            raise UnsupportedError(
                f"layer {node.name} ({node.op.name})",
                f"its weights or bias {name} are computed",
                "int8 needs constants",
            )


class _Lowering:
    def __init__(self, draft: Draft) -> None:
        graph = draft.graph
        self.draft, self.source, self.section = draft, graph, draft.section
        self.parameters: Parameters = draft.parameters()
        self.graph = Graph(graph.name, inputs=list(graph.inputs), outputs=list(graph.outputs),
                           arithmetic=graph.arithmetic)  # fmt: skip
        self.taken = set(graph.tensors)
        self.names: dict[str, str] = {}  # float activation -> its integer form
        self.constants: dict[str, list[str]] = {}  # float constant -> its integer forms
        self.requantized: dict[tuple[str, str, bytes], str] = {}

    def run(self) -> Graph:
        for name in self.source.inputs:
            self.input(name)
        for node in self.source.nodes:
            self.node(node)
        self.graph.outputs = [self.output(name) for name in self.source.outputs]
        return self.graph

    def fresh(self, stem: str) -> str:
        name, count = stem, 1
        while name in self.taken:
            name, count = f"{stem}_{count}", count + 1
        self.taken.add(name)
        return name

    def activation(self, name: str, alias: str | None = None) -> str:
        tensor = self.source.tensors[name]
        new = Tensor(alias or name, tensor.shape, self.parameters.types[name], self.parameters.own[name])
        self.names[name] = self.graph.add(new)
        return new.name

    def input(self, name: str) -> None:
        if self.section.inputs != "float32":
            self.activation(name)
            return
        self.graph.add(self.source.tensors[name])
        alias = self.activation(name, self.fresh(f"{name}_{self.parameters.types[name]}"))
        self.graph.nodes.append(Node(operators()["quantize"](), (name,), (alias,)))

    def output(self, name: str) -> str:
        """The graph's output of the wanted type, behind the layer's own where that has another."""
        inside, wanted = self.names[name], self.section.outputs
        if self.parameters.types[name] == wanted or (name in self.graph.inputs and self.section.inputs == wanted):
            return inside if wanted != "float32" else name
        outside = self.fresh(f"{name}_{wanted}") if name in self.graph.tensors else name
        if wanted == "float32":
            self.graph.add(self.source.tensors[name].with_(name=outside))
            self.graph.nodes.append(Node(operators()["dequantize"](), (inside,), (outside,)))
        else:
            q = self.parameters.read[name, wanted]
            self.graph.add(Tensor(outside, self.source.tensors[name].shape, wanted, q))
            self.graph.nodes.append(Node(operators()["quantize"](), (inside,), (outside,)))
        return outside

    def node(self, node: Node) -> None:
        rule, dtype = rule_of(node), self.parameters.layers[node.name]
        shared = self.parameters.shared.get(node.name)
        inputs: list[str | None] = []
        for index, name in enumerate(node.inputs):
            if name is None or index in (rule.weights, rule.bias):
                inputs.append(None)
            elif self.source.tensors[name].data is None:
                inputs.append(self.fitted(name, self.parameters.source(node, name), dtype))
            else:
                inputs.append(self.constant(name, shared, dtype))
        if rule.weights is not None:
            self.weights(node, rule, rule.weights, inputs)
        boundary = set(self.source.outputs) if self.section.outputs != dtype else set()
        for name in node.outputs:
            self.activation(name, self.fresh(f"{name}_{dtype}") if name in boundary else None)
        self.graph.nodes.append(replace(node, inputs=tuple(inputs), outputs=tuple(self.names[n] for n in node.outputs)))

    def fitted(self, name: str, wanted: Quantization, dtype: str) -> str:
        """The form of an activation in the type and parameters that its consumer demands."""
        if self.parameters.own[name] == wanted and self.parameters.types[name] == dtype:
            return self.names[name]
        key = name, dtype, wanted.scale.tobytes() + wanted.zero_point.tobytes()
        if key not in self.requantized:
            alias = self.fresh(f"{name}_requantized" if self.parameters.types[name] == dtype else f"{name}_{dtype}")
            self.graph.add(Tensor(alias, self.source.tensors[name].shape, dtype, wanted))
            self.graph.nodes.append(Node(operators()["quantize"](), (self.names[name],), (alias,)))
            self.requantized[key] = alias
        return self.requantized[key]

    def add_constant(self, name: str, data: NDArray[Any], q: Quantization) -> str:
        """Insert an integer form of the float constant `name`, or find the equal one that is there."""
        known = self.constants.setdefault(name, [])
        for other in known:
            if self.graph.tensors[other] == Tensor.constant(other, data, q):
                return other
        stem = self.fresh(f"{name}_{data.dtype.name}") if known else name
        known.append(self.graph.add(Tensor.constant(stem, data, q)))
        return known[-1]

    def constant(self, name: str, shared: Quantization | None, dtype: str) -> str:
        data = np.asarray(self.source.tensors[name].data)
        q = shared or parameters_of(dtype, float(data.min()), float(data.max()))
        return self.add_constant(name, quantize_constant(data, q, dtype), q)

    def weights(self, node: Node, rule: Rule, index: int, inputs: list[str | None]) -> None:
        """Fill the places of the weights, which are input `index`, and of the bias in `inputs`."""
        given = self.source.node_inputs(node)
        bias = given[rule.bias] if rule.bias is not None and rule.bias < len(given) else None
        weights = given[index]
        assert weights is not None  # the graph is valid
        s_in = float(self.graph.tensors[str(inputs[0])].scale)
        s_out = float(self.parameters.own[node.outputs[0]].scale[0])
        offsets = self.draft.biases.get(node.name, None if bias is None else np.asarray(bias.data))
        per_channel = self.section.per_channel and rule.per_channel
        scale, dtype = self.draft.scales.get(node.name), self.parameters.layers[node.name]
        integers, q = quantize_weights(
            np.asarray(weights.data),
            offsets,
            rule.axis,
            per_channel,
            s_in,
            s_out,
            scale,
            self.draft.floors.get(node.name),
            dtype,
        )
        inputs[index] = self.add_constant(weights.name, integers, q)
        if rule.bias is None:
            return
        inputs += [None] * (rule.bias + 1 - len(inputs))
        if offsets is None:  # LiteRT runs no int8 convolution without a bias
            offsets = np.zeros(integers.shape[rule.axis])
        name = self.fresh(f"{weights.name}_bias") if bias is None else bias.name
        inputs[rule.bias] = self.add_constant(name, *quantize_bias(offsets, s_in, q, dtype))
