"""`[target.jetson-orin-nano]` and the like in a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target

QDQ, REAL, CACHE, ENGINE = "model_qdq.onnx", "model_fp32.onnx", "calibration.cache", "model.engine"


class Options(Section):
    """Options of the TensorRT backend."""

    precision: Literal["int8", "fp16"] = Field("int8", description="fp16 where the GPU has no int8 products (Nano)")
    sm: int = Field(87, ge=50, le=130, description="the GPU's compute capability times ten, as the device says it")
    dla: Literal[0, 1] | None = Field(None, description="the DLA core that the engine is for; else the GPU")
    workspace_mib: int = Field(256, ge=1, le=1 << 16, description="memory that TensorRT may use to choose kernels")

    @property
    def sparse(self) -> bool:
        """Whether the GPU has sparse tensor cores; TensorRT uses them for the layers whose weights are 2:4."""
        return self.sm >= 80 and self.dla is None

    @property
    def source(self) -> str:
        """The file that the engine is built from: DLA takes no Q/DQ, a GPU in FP16 needs none."""
        return QDQ if self.precision == "int8" and self.dla is None else REAL

    def trtexec(self) -> list[str]:
        """The command for TensorRT 8.4 to 10; up to 8.3 the memory is `--workspace=N`."""
        line = ["trtexec", f"--onnx={self.source}", f"--saveEngine={ENGINE}", "--fp16"]
        line += ["--int8"] if self.precision == "int8" else []
        line += ["--sparsity=enable"] if self.sparse else []
        if self.dla is not None:
            line += [f"--useDLACore={self.dla}", "--allowGPUFallback"]
            line += [f"--calib={CACHE}"] if self.precision == "int8" else []
        return [*line, f"--memPoolSize=workspace:{self.workspace_mib}"]


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
