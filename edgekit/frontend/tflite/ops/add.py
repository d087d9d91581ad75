"""ADD."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.add import Add

BUILTIN = "ADD"
OPTIONS = "AddOptions"
read, write = codec.activated(Add, any_scale=True)
version = codec.int8_from_version_2
