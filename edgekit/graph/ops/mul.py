"""Multiplication."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Binary
from edgekit.graph.operator import Activation


@dataclass(frozen=True)
class Mul(Binary):
    """a * b, broadcast, with an optional fused activation."""

    name = "mul"

    activation: Activation = "none"
