"""Rectifier that saturates at 6."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class Relu6(Unary):
    """min(max(x, 0), 6)."""

    name = "relu6"
