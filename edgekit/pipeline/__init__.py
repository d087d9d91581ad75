"""The stages of a build, cached by content, and the build folder."""

from edgekit.pipeline.build import build
from edgekit.pipeline.memory import Memory, memory_of
from edgekit.pipeline.result import BuildResult, StageResult, TargetResult

__all__ = ["BuildResult", "Memory", "StageResult", "TargetResult", "build", "memory_of"]
