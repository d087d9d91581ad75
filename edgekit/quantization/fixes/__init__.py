"""Fixes: what can be done when plain int8 loses too much. One file each, named like the fix.

A file offers

    COST: int        fixes are tried in ascending order
    ABOUT: str       what it does, for tables
    apply(draft, progress) -> Draft

`apply` gives the very draft it got where it finds nothing to do. None of them changes the graph's shapes, so none costs
bytes or multiply-accumulates on the device; one that does shows it in the table, which is measured.
"""

from __future__ import annotations

from typing import Protocol

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.quantization.draft import Draft
from edgekit.quantization.observe import Progress


class Fix(Protocol):
    """What a file here offers."""

    COST: int
    ABOUT: str

    def apply(self, draft: Draft, progress: Progress | None) -> Draft:
        """The draft with the fix in it."""


def fixes() -> dict[str, Fix]:
    """All fixes by name, as written on command lines, the cheapest first."""
    found = {name.replace("_", "-"): module for name, module in plugins.modules(__name__).items()}
    return dict(sorted(found.items(), key=lambda item: (item[1].COST, item[0])))


def fix_of(name: str) -> Fix:
    """One fix. Raises InputError for an unknown one."""
    known = fixes()
    if name not in known:
        raise InputError("fixes", f"no fix is named {name!r}", f"known: {', '.join(known)}")
    return known[name]
