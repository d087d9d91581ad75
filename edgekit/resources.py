"""Where the data folders of the project are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import MachineError

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `targets`, `firmware` or `calibration`. Raises MachineError when the installation lacks it."""
    for place in (PACKAGE / "data" / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise MachineError(f"{PACKAGE}", f"the folder {name} is missing from this installation", "install edgekit again")
