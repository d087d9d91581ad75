"""Hard swish."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.elementwise import Unary


@dataclass(frozen=True)
class HardSwish(Unary):
    """x * min(max(x + 3, 0), 6) / 6 (A. Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2)."""

    name = "hard_swish"
