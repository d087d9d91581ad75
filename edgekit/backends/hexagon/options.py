"""`[target.hexagon]` of a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target


class Options(Section):
    """Options of the Hexagon backend, by the names of ONNX Runtime's QNN execution provider."""

    soc_model: int = Field(
        43,
        ge=0,
        le=10_000,
        description="Qualcomm's number of the system-on-chip; 43 is SM8550 with an HTP of version 73",
    )
    htp_graph_finalization_optimization_mode: Literal[0, 1, 2, 3] = Field(
        3, description="how long the compiler looks for a faster graph; 3 is longest"
    )
    vtcm_mb: int | None = Field(None, ge=1, le=64, description="MiB of tightly coupled memory; all without")
    timeout: int = Field(600, ge=1, le=86400, description="seconds that the compiler or a run may take")

    def provider(self) -> dict[str, str]:
        """Options of the execution provider."""
        found = {
            "soc_model": str(self.soc_model),
            "htp_graph_finalization_optimization_mode": str(self.htp_graph_finalization_optimization_mode),
        }
        return found | ({} if self.vtcm_mb is None else {"vtcm_mb": str(self.vtcm_mb)})


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
