"""Reads an `.onnx` file: limits, checks, then node by node into the graph, then passes and (for Q/DQ) lowering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgekit.errors import InputError, UnsupportedError
from edgekit.frontend.onnx import checks
from edgekit.frontend.onnx.importer import CHANNELS_FIRST, CHANNELS_LAST, Importer
from edgekit.frontend.onnx.layout import nhwc_inputs, nhwc_outputs
from edgekit.frontend.onnx.lowering import lower
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import quantization_of_input
from edgekit.graph import Graph, Tensor
from edgekit.passes import optimize
from edgekit.passes._rewrite import rename


def load(path: Path | str) -> Graph:
    """Read a model file.

    Returns:
        A validated, optimized graph: float, or int8 for a model with quantized activations; see the package's text for
        the layout of inputs and outputs.

    Raises:
        InputError: malformed, truncated or hostile file, dynamic dimensions besides the batch, NaN weights.
        UnsupportedError: an operator, type or feature that is not supported; names the node.
    """
    path = Path(path)
    return read(checks.read_file(path), path.stem, path.parent)


def read(data: bytes, name: str = "model", folder: Path | None = None) -> Graph:
    """`load` from memory. `folder` is where external data may lie; without one, external data is refused."""
    model = checks.parse(data, name)
    checks.check(model, name, folder)
    nodes = [_node(n, model, name) for n in model.graph.node]
    importer = Importer(name, keep_integers=_has_quantized_activations(model, nodes))
    _constants(importer, model)
    images = nhwc_inputs(model, nodes)
    _inputs(importer, model, nodes, images)
    for node in nodes:
        importer.run(node)
    checks.declared_shapes(model, name, {n: importer.shape(n) for n in importer.values})
    _outputs(importer, model, nhwc_outputs(images, nodes, lambda name: len(importer.shape(name))))
    graph = _finish(importer.graph, name)
    if importer.keep_integers:
        graph = _finish(lower(graph), name)
    return graph


def _finish(graph: Graph, name: str) -> Graph:
    graph.validate()
    return optimize(graph)


def _node(proto: Any, model: Any, name: str) -> OnnxNode:
    domain = "" if proto.domain == "ai.onnx" else proto.domain
    opset = next((o.version for o in model.opset_import if (o.domain or "") in (domain, "ai.onnx" * (not domain))), 1)
    attributes = {a.name: checks.attribute(a, f"{name}: node {proto.name} ({proto.op_type})") for a in proto.attribute}
    return OnnxNode(proto.op_type, proto.name, tuple(proto.input), tuple(proto.output), attributes, opset, domain)


def _has_quantized_activations(model: Any, nodes: list[OnnxNode]) -> bool:
    """Whether any computed value is quantized: decides between an int8 and a float graph."""
    constants = {t.name for t in model.graph.initializer}
    for node in nodes:
        if node.op.startswith("QLinear") or node.op == "QGemm":
            return True
        if node.op == "QuantizeLinear" and node.inputs and node.inputs[0] not in constants:
            return True
        if all(not n or n in constants for n in node.inputs):
            constants.update(node.outputs)
    return False


def _constants(importer: Importer, model: Any) -> None:
    for proto in model.graph.initializer:
        importer.bind(proto.name, checks.array(proto, f"{importer.graph.name}: constant {proto.name}"))


def _inputs(importer: Importer, model: Any, nodes: list[OnnxNode], images: set[str]) -> None:
    graph = importer.graph
    for proto in model.graph.input:
        if proto.name in importer.values:
            continue  # before IR version 4 every initializer was an input too
        where = f"{graph.name}: input {proto.name}"
        shape, dtype = checks.static_shape(proto, where), checks.input_dtype(proto, where)
        quantization = None
        if dtype != "float32":
            quantization = quantization_of_input(importer, proto.name, dtype, nodes, where)
            dtype = "int16" if dtype == "int16" else "int8"
        if proto.name in images:
            shape = tuple(shape[i] for i in CHANNELS_LAST[len(shape)])
        graph.inputs.append(graph.add(Tensor(proto.name, shape, dtype, quantization)))
        value = proto.name
        if proto.name in images:
            value = importer.transpose(value, CHANNELS_FIRST[len(shape)], f"{value}_nchw")
        importer.bind(proto.name, value)
    if not graph.inputs:
        raise InputError(graph.name, "has no inputs")


def _outputs(importer: Importer, model: Any, images: set[str]) -> None:
    graph = importer.graph
    if not model.graph.output:
        raise InputError(graph.name, "has no outputs")
    for proto in model.graph.output:
        tensor = importer.tensor(proto.name)
        rank = len(graph.tensors[tensor].shape)
        if proto.name in images and rank in CHANNELS_LAST:
            tensor = importer.transpose(tensor, CHANNELS_LAST[rank], f"{proto.name}_nhwc")
        if tensor in graph.inputs or graph.tensors[tensor].is_constant:
            raise UnsupportedError(
                f"{graph.name}: output {proto.name}", "is an input or a constant, nothing computes it"
            )
        if tensor in graph.outputs:
            raise UnsupportedError(f"{graph.name}: output {proto.name}", f"is the same value as output {tensor}")
        graph.outputs.append(tensor)
    importer.graph = rename_outputs(graph, [p.name for p in model.graph.output])


def rename_outputs(graph: Graph, names: list[str]) -> Graph:
    """The graph with its outputs called as the file calls them."""
    for old, new in zip(list(graph.outputs), names, strict=True):
        if old == new:
            continue
        if new in graph.tensors:
            graph = rename(graph, new, graph.unique(f"{new}_inner"))
        graph = rename(graph, old, new)
    return graph
