"""Results of stages, kept by content: the name of an entry is a hash over everything its result depends on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from edgekit import files

INDEX = "entry.json"
SOURCES = (".py", ".css")
KEEP = 16  # entries per stage; the least recently used go first


def digest(*parts: Any) -> str:
    """Hex SHA-256 over JSON-able parts; equal parts have equal digests."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code(*rooms: str) -> str:
    """Hash of the sources of some of edgekit's packages and modules ("train", "arrays.py"): part of every key, so
    that a changed program never meets the results of another."""
    root = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for room in rooms:
        path = root / room
        if not path.exists():
            raise ValueError(f"edgekit has no {room}")
        for file in sorted(p for p in path.rglob("*") if p.suffix in SOURCES) if path.is_dir() else [path]:
            found.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return found.hexdigest()


def package_versions(*packages: str) -> dict[str, str]:
    """Versions of installed distributions; "not installed" for the others."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


class Cache:
    """The folder of all entries: `<root>/<stage>/<key>/`. One process writes at a time (see `lock`)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def clean(self) -> None:
        """Remove what killed builds left half-written."""
        for path in self.root.glob(f"*/.*{files.NEW}*"):
            shutil.rmtree(path, ignore_errors=True)

    def get(self, stage: str, key: str) -> Path | None:
        """The entry's folder, or None when there is none or its files are not what was put in."""
        folder = self.root / stage / key
        try:
            index = json.loads((folder / INDEX).read_text("utf-8"))
            whole = all(files.sha256(folder / name) == value for name, value in index.items())
        except (OSError, ValueError, AttributeError, TypeError):
            whole = False
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(folder)
        return folder

    @contextlib.contextmanager
    def put(self, stage: str, key: str) -> Iterator[Path]:
        """A folder to write the entry into; it appears in the cache when the block ends well. Raises MachineError."""
        folder = self.root / stage / key
        with files.folder_atomic(folder) as temporary:
            yield temporary
            with files.disk_errors(folder):
                names = sorted(str(p.relative_to(temporary)) for p in temporary.rglob("*") if p.is_file())
                index = {name: files.sha256(temporary / name) for name in names}
                (temporary / INDEX).write_text(json.dumps(index, indent=1), "utf-8")
        self._prune(stage)

    def _prune(self, stage: str) -> None:
        entries = [path for path in (self.root / stage).iterdir() if not path.name.startswith(".")]
        for path in sorted(entries, key=lambda p: p.stat().st_mtime, reverse=True)[KEEP:]:
            shutil.rmtree(path, ignore_errors=True)
