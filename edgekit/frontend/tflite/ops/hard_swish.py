"""HARD_SWISH."""

from __future__ import annotations

from edgekit.frontend.tflite import codec
from edgekit.graph.ops.hard_swish import HardSwish

BUILTIN = "HARD_SWISH"
OPTIONS = "HardSwishOptions"
read, write = codec.plain(HardSwish())
