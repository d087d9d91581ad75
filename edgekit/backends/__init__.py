"""Target families, found as plug-ins: the packages of this folder, and entry points of the group `edgekit.backends`.

`_contract.py` says what a backend offers.
"""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import Any

from edgekit import plugins
from edgekit.backends._contract import (
    Artifact,
    Constraint,
    Described,
    Estimate,
    Latency,
    Rejection,
    Run,
    Samples,
    constraint,
    constraints_of,
    is_quantized,
    per_sample,
    rejections,
)
from edgekit.backends._table import operators_table
from edgekit.errors import ToolError, UsageError
from edgekit.target import Target

GROUP = "edgekit.backends"

__all__ = [
    "Artifact",
    "Constraint",
    "Described",
    "Estimate",
    "Latency",
    "Rejection",
    "Run",
    "Samples",
    "backend",
    "constraint",
    "constraints_of",
    "described",
    "is_quantized",
    "names",
    "operators_table",
    "per_sample",
    "rejections",
]


def _entry_points() -> dict[str, str]:
    """Backends of other installed packages: name -> module. edgekit's own are found by their folder."""
    return {entry.name: entry.value for entry in metadata.entry_points(group=GROUP)}


def names() -> tuple[str, ...]:
    """All backends that are here, sorted."""
    return tuple(sorted({*plugins.names(__name__), *_entry_points()}))


def described(target: Target) -> Described:
    """The target's row; of another package's backend that says nothing, an empty one."""
    found = backend(target.backend)
    return found.described(target) if hasattr(found, "described") else Described("", "", "")


def backend(name: str) -> Any:
    """The backend of that name; edgekit's own come first.

    Raises:
        UsageError: unknown. ToolError: another package's backend cannot be imported.
    """
    if name in plugins.names(__name__):
        return importlib.import_module(f"{__name__}.{name}")
    elsewhere = _entry_points()
    if name not in elsewhere:
        raise UsageError(f"backend {name}", "is unknown", f"known: {', '.join(names())}")
    try:
        return importlib.import_module(elsewhere[name])
    except ImportError as error:
        raise ToolError(f"backend {name}", f"cannot be imported: {error}", "repair or remove its package") from error
