"""ONNX models to graphs: float models of opset 13 to 22, and quantized ones (Q/DQ and QLinear operators).

NCHW becomes NHWC: a 4-D input that reaches a convolution, pool or other image operator before any explicit Transpose is
NHWC in the graph, and so is a 4-D output that comes from one. Arrays fed to such a graph are NHWC. Every other input and
output keeps its shape. A dynamic batch becomes 1; every other dimension must be static.

A model with quantized activations becomes an int8 graph; one without stays float.
"""

from __future__ import annotations

from edgekit.frontend.onnx.reader import load, read

__all__ = ["load", "read"]
