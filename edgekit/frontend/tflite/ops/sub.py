"""SUB."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.sub import Sub

BUILTIN = "SUB"
OPTIONS = "SubOptions"
read, write = codec.activated(Sub)
version = codec.broadcast_from_version_3
