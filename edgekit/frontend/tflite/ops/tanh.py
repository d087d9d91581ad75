"""TANH."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.tanh import Tanh

BUILTIN = "TANH"
OPTIONS = None
read, write = codec.plain(Tanh())
version = codec.int8_from_version_2
