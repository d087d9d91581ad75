"""The artifact layer by layer: the IR is cut behind every layer, and each part gets the simulator's own integers.

The simulator computes under the named arithmetic `openvino`, which predicts every product of int8 kernels; the bound is
for the other operators, and for processors whose kernels are others. The whole network is run too, uncut: where
OpenVINO fuses a convolution with the addition behind it, one rounding less shows there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import layerwise
from edgekit.backends._contract import Array
from edgekit.backends.openvino import engine
from edgekit.errors import ToolError, UnsupportedError
from edgekit.export.onnx import Place
from edgekit.graph import Graph, Node
from edgekit.verification import LayerDifference, Verification

TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
ARITHMETIC = "openvino"
BOUND = 1.0
BOUNDS = {"resize_bilinear": 3.0}  # the simulator interpolates with few bits of fraction, OpenVINO with float32
CLAMPS = ("relu6", "relu_n1_to_1")  # not fused, OpenVINO clamps the integers of the input: its steps are the error


def verify(folder: Path, inputs: Mapping[str, Array]) -> Verification:
    """Raises InputError, ToolError."""
    from edgekit.reference import Simulator

    built = engine.opened(folder)
    graph = built.graph
    try:
        simulator = Simulator(graph, ARITHMETIC)
    except UnsupportedError:  # multipliers of 256 and more: under the graph's own, and the result says so
        simulator = Simulator(graph)
    arrays, count = simulator.prepare_inputs(inputs)
    expected = simulator.run(arrays, layers=True)
    samples = layerwise.samples(graph, {**arrays, **expected}, count)
    given, places = cut(engine.core().read_model(folder / engine.IR), graph, built.places)
    parts = engine.compiled(given, built.options)
    fed = [_feed(graph, places, sample) for sample in samples]
    found = engine.run_all(parts, built.options, fed)
    layers = tuple(
        _difference(graph, n, [_back(f[_port(n, places)], places.get(n)) for f in found], [s[n] for s in samples])
        for n in places
    )
    whole = engine.run_all(
        engine.compiled(folder / engine.IR, built.options), built.options,
        [{n: s[n] for n in graph.inputs} for s in samples],
    )  # fmt: skip
    outputs = tuple(_difference(graph, n, [w[n] for w in whole], [s[n] for s in samples]) for n in graph.outputs)
    name = engine.vehicle(built.options)
    return Verification("openvino", name, simulator.arithmetic.name, count, layers, outputs)


def cut(model: Any, graph: Graph, places: Mapping[str, Place]) -> tuple[Any, dict[str, Place]]:
    """The model with every layer's value as an output, and as an input in front of the layers that read it.

    Returns the model, and the places that it has: a layer whose value the IR does not hold by name cannot be cut.
    """
    import openvino
    from openvino import opset13 as ops

    nodes = [node for node in model.get_ordered_ops() if node.get_type_name() != "Result"]
    ports = {name: port for node in nodes for port in node.outputs() for name in port.get_names()}
    there = {n: p for n, p in places.items() if (p.integers or p.real) in ports}
    missing = [n for n in places if n not in there]
    if missing:
        raise ToolError("OpenVINO", f"its IR does not name layer {missing[0]}", "please report it with the model")
    parameters, results = list(model.get_parameters()), list(model.get_results())
    for name in there:
        port = ports[_port(name, there)]
        targets = list(port.get_target_inputs())
        readers = [reader for reader in targets if reader.get_node().get_type_name() != "Result"]
        if readers and name in _fed(graph):
            new = ops.parameter(port.get_partial_shape(), np.float32, name=f"{name}/given")
            new.output(0).set_names({_given(name, there)})
            parameters.append(new)
            value = _anew(port.get_node(), new).output(0)
            for reader in readers:
                reader.replace_source_output(value)
        if len(readers) == len(targets):  # else it is a result already
            results.append(ops.result(port))
    return openvino.Model(results, parameters, "layers"), there


def _anew(node: Any, given: Any) -> Any:
    """The FakeQuantize and Convert that end in `node` once more, on a value that is given; a plain value as it is.

    The runtime's int8 kernels are chosen by the FakeQuantize in front of them: with integers as inputs it takes others.
    """
    from openvino import opset13 as ops

    kind = node.get_type_name()
    if kind == "FakeQuantize":
        ends = [node.input_value(i) for i in range(1, 5)]
        return ops.fake_quantize(given, *ends, node.get_attributes()["levels"])
    if kind == "Convert":
        return ops.convert(_anew(node.input_value(0).get_node(), given), node.get_output_element_type(0))
    return given


def _fed(graph: Graph) -> list[str]:
    """Activations that layers read."""
    return [n for n in graph.consumers() if not graph.tensors[n].is_constant]


def _feed(graph: Graph, places: Mapping[str, Place], sample: Mapping[str, Array]) -> dict[str, Array]:
    """The graph's inputs, and the real value of everything else that a layer reads, in the layout of the IR."""
    from edgekit.reference import dequantize_array

    fed = {name: sample[name] for name in graph.inputs}
    for name in _fed(graph):
        if name in places:
            real = dequantize_array(sample[name], graph.tensors[name])
            fed[_given(name, places)] = _there(real, places[name])
    return fed


def _given(name: str, places: Mapping[str, Place]) -> str:
    return f"{_port(name, places)}/given"


def _port(name: str, places: Mapping[str, Place]) -> str:
    place = places.get(name)
    return name if place is None else place.integers or place.real


def _there(array: Array, place: Place | None) -> Array:
    return np.ascontiguousarray(array.transpose(TO_NCHW)) if place is not None and place.layout == "nchw" else array


def _back(array: Array, place: Place | None) -> Array:
    return array.transpose(TO_NHWC) if place is not None and place.layout == "nchw" else array


def _difference(graph: Graph, name: str, found: list[Array], wanted: list[Array]) -> LayerDifference:
    node = graph.producers()[name]
    return layerwise.difference(graph, node, name, found, wanted, bound_of(graph, node))


def bound_of(graph: Graph, node: Node) -> float:
    """The largest difference from the simulator that this layer may have, in steps of its output."""
    source, made = graph.node_inputs(node)[0], graph.node_outputs(node)[0]
    if made.dtype == "float32":  # an output in real units: no more than float32's own rounding
        return 0.0 if source is None else float(source.scale) * 1e-4
    if node.op.name in CLAMPS and source is not None:
        return BOUND + float(source.scale) / float(made.scale)
    return BOUNDS.get(node.op.name, BOUND)
