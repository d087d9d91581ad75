"""Logistic function."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class Logistic(Unary):
    """1 / (1 + exp(-x))."""

    name = "logistic"
