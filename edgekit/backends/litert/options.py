"""`[target.raspberrypi4]` and the like in a recipe."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Literal

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target

ALIASES = {"amd64": "x86_64", "arm64": "aarch64"}
DEVICE_TREE = Path("/proc/device-tree/model")


class Options(Section):
    """Options of the LiteRT backend: the machine that the folder is for, and how it runs there."""

    machine: Literal["aarch64", "x86_64"] = Field("x86_64", description="the processor, as `uname -m` names it")
    board: str = Field("", description="part of the board's name in its device tree; empty for any")
    threads: int = Field(1, ge=1, le=256, description="threads of `edgekit run` and `verify`")

    def here(self) -> str | None:
        """None where this machine is the target, else what it is instead."""
        machine = platform.machine().lower()
        machine = ALIASES.get(machine, machine)
        if platform.system() != "Linux" or machine != self.machine:
            return f"{platform.system()} on {machine}"
        try:
            board = DEVICE_TREE.read_text("utf-8", "replace").rstrip("\0")
        except OSError:
            board = "a machine without a device tree"
        return None if self.board in board or not self.board else board


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
