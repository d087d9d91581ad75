"""HardSigmoid, clip(alpha x + beta, 0, 1), as relu6(6 alpha x + 6 beta) / 6."""

from __future__ import annotations

from edgekit.frontend.onnx.elementwise import apply, scalar
from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import operators


def emit(importer: Importer, node: OnnxNode) -> None:
    slope, offset = 6 * node.attribute("alpha", 0.2), 6 * node.attribute("beta", 0.5)
    name, x = node.outputs[0], importer.tensor(node.inputs[0])
    if abs(slope - 1) > 1e-6:
        x = apply(importer, "mul", x, scalar(importer, slope, f"{name}_slope"), f"{name}_scaled")
    x = apply(importer, "add", x, scalar(importer, offset, f"{name}_offset"), f"{name}_shifted")
    x = importer.emit(operators()["relu6"](), [x], f"{name}_clipped")
    importer.bind(name, apply(importer, "mul", x, scalar(importer, 1 / 6, f"{name}_sixth"), name))
