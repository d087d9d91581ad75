"""`[target.movidius]` of a recipe."""

from __future__ import annotations

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target


class Options(Section):
    """Options of the Movidius backend (OpenVINO 2021.4, "MYRIAD plugin")."""

    shaves: int = Field(4, ge=1, le=16, description="vector cores that the network may use; Myriad X has 16")
    cmx_slices: int | None = Field(None, ge=1, le=19, description="slices of on-chip memory; as many as shaves without")
    timeout: int = Field(600, ge=1, le=86400, description="seconds that the compiler may take")

    @property
    def slices(self) -> int:
        return self.cmx_slices or self.shaves


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
