"""LiteRT as its users run it: optimized kernels and XNNPACK, one thread."""

from __future__ import annotations

from edgekit.runtimes import litert_reference
from edgekit.runtimes.litert_reference import version

__all__ = ["ARITHMETIC", "Session", "version"]
ARITHMETIC = "xnnpack"


class Session(litert_reference.Session):
    """Raises ToolError when LiteRT refuses the model."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, "AUTO")
