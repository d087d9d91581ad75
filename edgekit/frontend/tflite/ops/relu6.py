"""RELU6."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.relu6 import Relu6

BUILTIN = "RELU6"
OPTIONS = None
read, write = codec.plain(Relu6())
version = codec.int8_from_version_2
