"""`[target.ethos-u55-128]` and the like in a recipe: Vela's options, by Vela's names."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target

Accelerator = Literal[
    "ethos-u55-32", "ethos-u55-64", "ethos-u55-128", "ethos-u55-256", "ethos-u65-256", "ethos-u65-512",
    "ethos-u85-128", "ethos-u85-256", "ethos-u85-512", "ethos-u85-1024", "ethos-u85-2048",
]  # fmt: skip


class Options(Section):
    """Options of the Ethos-U backend (Vela's `--help` and OPTIONS.md)."""

    accelerator: Accelerator = Field("ethos-u55-128", description="the NPU and its multiply-accumulates per cycle")
    system_config: str = Field(
        "Ethos_U55_High_End_Embedded",
        pattern=r"^\w+$",
        description="clock and memories, of `config` or Vela's own file",
    )
    memory_mode: str = Field("Shared_Sram", pattern=r"^\w+$", description="where weights and activations lie")
    config: Path | None = Field(None, description="a configuration file of Vela's; without, Arm's examples")
    optimise: Literal["Performance", "Size"] = Field("Performance", description="what Vela optimizes for")
    arena_cache_size: int | None = Field(None, ge=1, description="bytes of SRAM that activations may take")
    cpu: tuple[str, ...] = Field((), description="operators that may stay on the CPU beside the NPU")
    timeout: int = Field(600, ge=1, le=86400, description="seconds that Vela may take")

    @property
    def family(self) -> str:
        """The heading that Vela's report has for it."""
        return "Ethos-U85" if self.accelerator.startswith("ethos-u85") else "Ethos-U55 and Ethos-U65"

    def arguments(self) -> list[str]:
        """For Vela's command line."""
        words = ["--accelerator-config", self.accelerator, "--system-config", self.system_config]
        words += ["--memory-mode", self.memory_mode, "--optimise", self.optimise]
        words += ["--config", str(self.config) if self.config else "Arm/vela.ini"]
        if self.arena_cache_size is not None:
            words += ["--arena-cache-size", str(self.arena_cache_size)]
        return words


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
