"""`[target.coral]` of a recipe."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, StrictFloat, StrictInt

from edgekit.backends.coral.operators import ALL, LATEST
from edgekit.recipe import Section, validated
from edgekit.target import Target


class Options(Section):
    """Options of the Edge TPU backend; those of the compiler have its names (coral.ai, "Edge TPU Compiler")."""

    min_mapped: StrictFloat | StrictInt | None = Field(
        None, gt=0, description="fail when the compiler maps less: a share (0.95) or a number of operators (12)"
    )
    min_runtime_version: int | None = Field(
        None, ge=ALL, le=LATEST, description="oldest Edge TPU runtime that must run the model"
    )
    search_delegate: bool = Field(False, description="let the compiler look for a cut that compiles")
    delegate_search_step: int | None = Field(None, ge=1, description="operators per step of that search")
    num_segments: int | None = Field(None, ge=1, description="cut the model in segments for several Edge TPUs")
    enable_multiple_subgraphs: bool = Field(False, description="allow several Edge TPU operators in one model")
    intermediate_tensors: tuple[str, ...] = Field((), description="end the Edge TPU's part at these tensors")
    timeout: int = Field(180, ge=1, le=86400, description="seconds that the compiler may take")
    compiler: Path | None = Field(None, description="the edgetpu_compiler; without, EDGETPU_COMPILER, then PATH")
    require_compiler: bool = Field(False, description="fail where the compiler is absent")
    cpu: tuple[str, ...] = Field((), description="operators that may stay on the CPU of the device")

    @property
    def runtime(self) -> int:
        """The oldest runtime that the model must run on."""
        return self.min_runtime_version or LATEST


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
