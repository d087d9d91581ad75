"""RELU_N1_TO_1."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.relu_n1_to_1 import ReluN1To1

BUILTIN = "RELU_N1_TO_1"
OPTIONS = None
read, write = codec.plain(ReluN1To1())
