"""MAXIMUM."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.maximum import Maximum

BUILTIN = "MAXIMUM"
OPTIONS = "MaximumMinimumOptions"
read, write = codec.plain(Maximum())
version = codec.broadcast_from_version_3
