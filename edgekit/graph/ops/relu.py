"""Rectifier."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class Relu(Unary):
    """max(x, 0)."""

    name = "relu"
