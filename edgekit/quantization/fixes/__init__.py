"""Fixes: what can be done when plain int8 loses too much. One file each, named like the fix.

A file offers

    COST: int        fixes are tried in ascending order
    ABOUT: str       what it does, for tables
    apply(draft, progress) -> Draft

`apply` gives the very draft it got where it finds nothing to do. What a fix costs on the device, bytes, memory or
multiply-accumulates, is measured and stands in the table. A fix that has degrees offers them one after the other:

    steps(draft, progress) -> Iterator[tuple[str, Draft]]     what is done, for the table, and the draft with it

and one that not every target takes says `ON_DEVICE = True`.
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
