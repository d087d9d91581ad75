"""Clamp to -1..1."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class ReluN1To1(Unary):
    """min(max(x, -1), 1)."""

    name = "relu_n1_to_1"
