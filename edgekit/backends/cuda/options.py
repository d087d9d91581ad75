"""`[target.cuda]` and `[target.jetson-orin-nano-cuda]` in a recipe."""

from __future__ import annotations

from pydantic import Field, field_validator

from edgekit.recipe import Section, validated
from edgekit.target import Target

LEAST = 61  # the first compute capability with dp4a
TENSOR = 80  # the first with mma.sync.m16n8k32 of int8
UNKNOWN = (80,)  # where no card is here: machine code for Ampere, and PTX for all that came later


class Options(Section):
    """Options of the CUDA backend."""

    architectures: tuple[int, ...] = Field(
        (), description="compute capabilities times ten to compile for; empty: that of the card here, 80 without one"
    )
    board: str = Field("", description="the device that the program is for, where it is not a card of this host")

    @field_validator("architectures")
    @classmethod
    def _known(cls, found: tuple[int, ...]) -> tuple[int, ...]:
        for sm in found:
            if sm < LEAST:
                raise ValueError(f"compute capability {sm // 10}.{sm % 10} has no dp4a: {LEAST} is the least")
        return tuple(sorted(set(found)))


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found


def runs_on(architectures: tuple[int, ...], capability: int) -> bool:
    """Whether a GPU takes what was compiled: machine code of its generation, not newer, or PTX of the newest."""
    same = any(sm // 10 == capability // 10 and sm <= capability for sm in architectures)
    return same or capability >= max(architectures)
