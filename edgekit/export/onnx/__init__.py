"""Graphs as ONNX: float ones as they are, int8 ones with explicit QuantizeLinear/DequantizeLinear (Q/DQ).

The scales and zero points are the graph's own: nothing is calibrated again. `ops/` has one file per operator.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgekit import files, plugins
from edgekit.export.onnx.nodes import Style
from edgekit.export.onnx.writer import Place, Writer
from edgekit.graph import Graph

__all__ = ["Place", "Style", "model", "places", "save", "supports", "write"]


def supports(operator: str) -> bool:
    return operator in plugins.names(f"{__name__}.ops")


def model(graph: Graph, style: Style | None = None) -> Any:
    """The graph as an `onnx.ModelProto`, checked by onnx.checker with full shape inference.

    Every operator stands between DequantizeLinear and QuantizeLinear (a "node unit"), layout changes included, so that
    each runtime finds the pattern it fuses. Inputs and outputs have the graph's names, shapes (NHWC) and, unless
    `style` says otherwise, types. An int8 tensor NAME of the graph is the value NAME, or NAME_nchw where only the
    channels-first form is computed.

    Raises:
        UnsupportedError: an operator or type that ONNX of that opset cannot say; names the layer.
    """
    return Writer(graph, style or Style()).model()


def places(graph: Graph, style: Style | None = None) -> dict[str, Place]:
    """Where each layer is in the model that `model` gives, by the layer's name. Raises as `model`."""
    writer = Writer(graph, style or Style())
    writer.model()
    return writer.places


def write(graph: Graph, style: Style | None = None) -> bytes:
    """The file's bytes; the same graph always gives the same bytes. Raises as `model`."""
    found: bytes = model(graph, style).SerializeToString(deterministic=True)
    return found


def save(graph: Graph, path: Path, style: Style | None = None) -> None:
    """Write the file atomically. Raises as `model`, and MachineError."""
    files.write_atomic(path, write(graph, style))
