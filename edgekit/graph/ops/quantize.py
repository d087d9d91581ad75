"""Real to integers, or integers to integers with another quantization."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class Quantize(Unary):
    """round(x / scale) + zero_point, saturated; types and quantizations are those of the tensors."""

    name = "quantize"
