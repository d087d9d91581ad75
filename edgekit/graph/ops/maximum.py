"""Larger of two values."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Binary


@dataclass(frozen=True)
class Maximum(Binary):
    """Larger of a and b, broadcast. Quantized tensors compare as integers: all three share one quantization."""

    name = "maximum"
