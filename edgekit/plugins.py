"""Discovery by file name: an operator, a verb, a pass or a codec exists because its file does."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def names(package: str) -> tuple[str, ...]:
    """Names of the public modules in `package`, sorted. Nothing in them is imported."""
    paths = importlib.import_module(package).__path__
    return tuple(sorted(m.name for m in pkgutil.iter_modules(paths) if not m.name.startswith("_")))


def module(package: str, name: str) -> ModuleType | None:
    """The module `name` of `package`, or None when there is no such file."""
    return importlib.import_module(f"{package}.{name}") if name in names(package) else None


def modules(package: str) -> dict[str, ModuleType]:
    """All public modules of `package`, imported, by name."""
    return {name: importlib.import_module(f"{package}.{name}") for name in names(package)}
