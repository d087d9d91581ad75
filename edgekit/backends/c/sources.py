"""Kernels' sources and the headers that generated files include, copied into a project."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

_INCLUDE = re.compile(r'^\s*#\s*include\s+"(edgekit/[^"]+)"', re.MULTILINE)


def copy_sources(files: Iterable[Path], to: Path) -> list[Path]:
    """Copy `files` into the folder `to`; the copies."""
    return [Path(shutil.copyfile(file, to / file.name)) for file in files]


def copy_headers(sources: Iterable[Path], roots: Sequence[Path], to: Path) -> None:
    """Copy what `sources` include below `edgekit/`, and what that includes, into the folder `to`.

    Args:
        roots: folders with headers; the first one that has a header is taken.

    Raises:
        FileNotFoundError: no root has an included header.
    """
    pending, seen = list(sources), set[str]()
    while pending:
        wanted = set(_INCLUDE.findall(pending.pop().read_text("utf-8"))) - seen
        for name in sorted(wanted):
            root = next((root for root in roots if (root / name).is_file()), None)
            if root is None:
                raise FileNotFoundError(f"{name}: included, but in none of {', '.join(map(str, roots))}")
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            pending.append(Path(shutil.copyfile(root / name, to / name)))
        seen |= wanted
