"""MINIMUM."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.minimum import Minimum

BUILTIN = "MINIMUM"
OPTIONS = "MaximumMinimumOptions"
read, write = codec.plain(Minimum())
version = codec.broadcast_from_version_3
