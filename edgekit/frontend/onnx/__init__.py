"""ONNX models to graphs: float models of opset 13 to 22, and quantized ones (Q/DQ and QLinear operators).

NCHW becomes NHWC: a 4-D input is NHWC in the graph, and so are the arrays fed to it, unless the file itself transposes
it before a convolution, pool or other image operator sees it (then it was NHWC already). A 4-D output that comes from
such an operator is NHWC too. One-dimensional signals likewise: a 3-D input (N, C, L) that a convolution or pool sees is
(N, L, C) in the graph, and its operators are those of images of one line. Every other input and output keeps its shape.
A dynamic batch becomes 1; every other dimension must be static.

A model with quantized activations becomes an int8 graph; one without stays float.
"""

from __future__ import annotations

from edgekit.frontend.onnx.reader import load, read

__all__ = ["load", "read"]
