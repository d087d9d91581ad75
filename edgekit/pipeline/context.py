"""What all stages of one build share."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgekit.pipeline.cache import Cache, digest
from edgekit.pipeline.result import Progress, StageResult
from edgekit.recipe import Recipe
from edgekit.target import Target


@dataclass
class Running:
    """A stage at work: what it will say."""

    text: str = ""
    cached: bool = False


@dataclass
class Context:
    """One build."""

    recipe: Recipe
    output: Path
    cache: Cache
    targets: list[Target]
    progress: Progress | None = None
    stages: list[StageResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def stage(self, name: str, target: str | None = None) -> Iterator[Running]:
        """Time a block and put it on record when it ends well."""
        running, start = Running(), time.perf_counter()
        if self.progress is not None:
            self.progress(0, 1, name if target is None else f"{name} {target}")
        yield running
        seconds = time.perf_counter() - start
        self.stages.append(StageResult(name, running.cached, seconds, running.text, target))

    def entry(
        self, running: Running, stage: str, parts: list[Any], make: Callable[[Path], None], anew: bool = False
    ) -> Path:
        """The cache entry of a stage, made by `make(folder)` when it is not there, or in any case when `anew`."""
        key = digest(stage, *parts)
        found = None if anew else self.cache.get(stage, key)
        running.cached = found is not None
        if found is not None:
            return found
        with self.cache.put(stage, key) as folder:
            make(folder)
        return self.cache.root / stage / key
