"""PRelu with constant slopes."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import operators


def emit(importer: Importer, node: OnnxNode) -> None:
    slope = importer.required(node, 1, "the slopes")
    x = importer.shape(node.inputs[0])
    fits = slope.ndim <= len(x) and all(s in (1, d) for s, d in zip(slope.shape[::-1], x[::-1], strict=False))
    node.require(fits, "slopes must broadcast to the input", f"{slope.shape} and {x}")
    if slope.size == 1:
        op = operators()["leaky_relu"](alpha=float(slope.reshape(-1)[0]))  # type: ignore[call-arg]
        inputs = [importer.tensor(node.inputs[0])]
    elif "prelu" in operators():
        full = slope.reshape((1,) * (len(x) - slope.ndim) + slope.shape)
        op = operators()["prelu"]()
        inputs = [importer.tensor(node.inputs[0]), importer.add_constant(full, node.inputs[1])]
    else:
        raise node.unsupported("slopes per channel are not supported", "use one slope, or LeakyReLU")
    importer.bind(node.outputs[0], importer.emit(op, inputs, node.outputs[0], dtype="float32"))
