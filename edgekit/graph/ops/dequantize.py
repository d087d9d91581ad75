"""Integers to real."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class Dequantize(Unary):
    """scale * (x - zero_point); type and quantization are those of the input."""

    name = "dequantize"
