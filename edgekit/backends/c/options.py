"""`[target.NAME]` of the microcontroller family, and the board description in `targets/*.toml`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from edgekit.backends.c.choice import LEVELS, Optimize
from edgekit.recipe import Section, validated
from edgekit.target import Target


class Emulator(Section):
    """How QEMU plays the board."""

    machine: str = Field(description="QEMU's name of the board")
    icount_shift: int = Field(ge=0, le=10, description="one instruction takes 2^shift ns of emulated time")
    uart: int = Field(description="address of the CMSDK UART")
    timer: int = Field(description="address of the timer")
    timer_sse: bool = Field(False, description="the 64-bit SSE counter instead of the CMSDK timer")
    hz: int = Field(gt=0, description="frequency of the timer")

    @model_validator(mode="after")
    def _exact(self) -> Emulator:
        """A count is made of four readings, each up to a tick too low: less than half an instruction in all."""
        if self.hz * (1 << self.icount_shift) <= 4 * 10**9:
            raise ValueError("one instruction must take more than 4 ticks of the timer: raise icount_shift")
        return self


class Map(Section):
    """The linker's memory regions."""

    code_origin: int
    code_length: int
    data_origin: int
    data_length: int
    constants_origin: int | None = Field(None, description="where constants lie when not with the code")
    constants_length: int = 0


class Platform(Section):
    """What PlatformIO calls the board: the `[env]` of platformio.ini."""

    platform: str
    board: str
    framework: Literal["arduino"] = "arduino"


class Options(Section):
    """Options of a microcontroller target."""

    core: Literal["portable", "cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"] = (
        "portable"
    )
    compiler: str = Field("", description="the C compiler; empty: none is asked")
    flags: tuple[str, ...] = Field((), description="flags that choose the core")
    libc: tuple[str, ...] = Field(
        ("-specs=nano.specs", "-specs=nosys.specs"), description="flags that choose the C library of a bare core"
    )
    optimize: Optimize = Field(
        "speed", description="what kernels are chosen for where there is a choice; see docs/microcontrollers.md"
    )
    optimization: Literal["-O2", "-O3", "-Os"] | None = Field(
        None, description="the compiler's level; without, -Os where `optimize` is flash and else -O3"
    )
    ram_limit: int | None = Field(
        None, ge=0, description="bytes of arena: layers run stripe by stripe as far as that is needed, and no further"
    )
    flash_limit: int | None = Field(
        None, ge=0, description="bytes of the kernels' code and all constants: forms give way to smaller ones"
    )
    harness: Literal["", "mps", "host", "bare"] = Field(
        "", description="board support in firmware/harness; bare: linked for its sizes, nothing here can run it"
    )
    platformio: Platform | None = Field(None, description="without, PlatformIO builds and tests for the host")
    emulator: Emulator | None = None
    map: Map | None = None


def level_of(options: Options) -> str:
    """The compiler's optimization level."""
    return options.optimization or LEVELS[options.optimize]


def options_of(target: Target) -> Options:
    """The target's options, checked. Raises InputError."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
