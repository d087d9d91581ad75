"""What a build reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


class Progress(Protocol):
    """A caller's way to show progress."""

    def __call__(self, done: int, total: int, text: str) -> None: ...


@dataclass(frozen=True)
class StageResult:
    """One stage.

    Attributes:
        name: train, export, check, quantize, accuracy, ...
        cached: its result was there already; nothing was computed.
        seconds: wall time.
        text: one line for people.
        target: for stages of one target.
    """

    name: str
    cached: bool
    seconds: float
    text: str = ""
    target: str | None = None


@dataclass(frozen=True)
class TargetResult:
    """One target's build folder and the contents of its manifest.json."""

    target: str
    folder: Path
    manifest: dict[str, Any]
    cached: bool


@dataclass(frozen=True)
class BuildResult:
    """A finished build."""

    name: str
    stages: tuple[StageResult, ...]
    targets: dict[str, TargetResult]
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def nothing_to_do(self) -> bool:
        """True when every target was built before from the same things and is still whole."""
        return all(target.cached for target in self.targets.values())
