"""Sum over axes."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.ops._reduction import Reduction


@dataclass(frozen=True)
class Sum(Reduction):
    """One input of any shape; see `Reduction` for the attributes."""

    name = "sum"
