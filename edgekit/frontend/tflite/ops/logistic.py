"""LOGISTIC."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.logistic import Logistic

BUILTIN = "LOGISTIC"
OPTIONS = None
read, write = codec.plain(Logistic())
version = codec.int8_from_version_2
