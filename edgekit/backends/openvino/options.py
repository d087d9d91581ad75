"""`[target.openvino]` of a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target


class Options(Section):
    """Options of the OpenVINO backend, by the names of its properties (docs.openvino.ai, "Performance hints")."""

    device: Literal["CPU", "GPU", "NPU"] = Field("CPU", description="what the model is compiled for and run on")
    hint: Literal["latency", "throughput"] = Field("latency", description="what the runtime is tuned for")
    requests: int | None = Field(
        None, ge=1, le=1024, description="asynchronous requests at once; else OpenVINO's choice"
    )
    threads: int | None = Field(None, ge=1, le=1024, description="CPU threads; else OpenVINO's choice")

    def properties(self, hint: str | None = None) -> dict[str, object]:
        """For `compile_model`; `hint` overrides the option's."""
        found: dict[str, object] = {"PERFORMANCE_HINT": (hint or self.hint).upper()}
        found["INFERENCE_PRECISION_HINT"] = "f32"  # of what is not int8: newer CPUs would round it to bf16
        if self.requests is not None:
            found["PERFORMANCE_HINT_NUM_REQUESTS"] = self.requests
        if self.threads is not None and self.device == "CPU":
            found["INFERENCE_NUM_THREADS"] = self.threads
        return found


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
