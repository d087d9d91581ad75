"""PRELU."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.prelu import Prelu

BUILTIN = "PRELU"
OPTIONS = None
read, write = codec.plain(Prelu())
