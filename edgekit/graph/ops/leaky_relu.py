"""Leaky rectifier."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class LeakyRelu(Unary):
    """x where it is positive, alpha * x elsewhere; any alpha."""

    name = "leaky_relu"

    alpha: float = 0.01
