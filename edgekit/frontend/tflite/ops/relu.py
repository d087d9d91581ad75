"""RELU."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.relu import Relu

BUILTIN = "RELU"
OPTIONS = None
read, write = codec.plain(Relu())
version = codec.int8_from_version_2
