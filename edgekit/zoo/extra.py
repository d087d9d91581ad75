"""Packages of the extra `train`: imported where they are needed, missed with one clear error."""

from __future__ import annotations

import importlib
from typing import Any

from edgekit.errors import ToolError

INSTALL = 'pip install "edgekit[train]"'


def needed(module: str) -> Any:
    """Import `module`, which comes with the extra `train`.

    Raises:
        ToolError: it is not installed, or is there but fails to import.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ToolError(package, f"the Python package cannot be imported: {error}", INSTALL) from error
