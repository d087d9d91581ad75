"""Model files to graphs: one module per file suffix, found by name."""

from __future__ import annotations

from pathlib import Path

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.graph import Graph


def load(path: Path | str) -> Graph:
    """Read a model file into a validated graph; the suffix says which frontend reads it.

    Raises:
        InputError: the file is missing, of an unknown kind, or malformed.
        UnsupportedError: it uses an operator, type or feature that edgekit lacks.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(str(path), "does not exist or is no file")
    module = plugins.module(__name__, path.suffix.removeprefix(".").lower())
    if module is None:
        known = ", ".join(f".{name}" for name in plugins.names(__name__))
        raise InputError(
            str(path), f"is not a model file that edgekit reads (suffix {path.suffix or 'missing'})", f"known: {known}"
        )
    if not path.is_file():
        raise InputError(str(path), "does not exist or is no file")
    graph: Graph = module.load(path)
    return graph
