"""The stages of a build, cached by content, and the build folder."""

from edgekit.pipeline.build import build
from edgekit.pipeline.crosstrain import CrosstrainResult, crosstrain
from edgekit.pipeline.memory import Memory, memory_of
from edgekit.pipeline.result import BuildResult, StageResult, TargetResult

__all__ = [
    "BuildResult",
    "CrosstrainResult",
    "Memory",
    "StageResult",
    "TargetResult",
    "build",
    "crosstrain",
    "memory_of",
]
