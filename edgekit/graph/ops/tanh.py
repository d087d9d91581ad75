"""Hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class Tanh(Unary):
    """tanh(x)."""

    name = "tanh"
