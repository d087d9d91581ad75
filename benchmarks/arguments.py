"""What the benchmarks of trained networks are told on their command lines, and where they write."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any


def parser(about: str | None, data: str) -> argparse.ArgumentParser:
    """The options that all have; data: what `--data` has in it."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("--data", type=Path, help=f"folder with {data}")
    made.add_argument("--cache", type=Path, help="folder that keeps what is trained")
    made.add_argument("--json", type=Path, help="file to write the rows to")
    return made


def parsed(made: argparse.ArgumentParser, name: str) -> argparse.Namespace | None:
    """The arguments; None, and the reason is printed, where there is nothing to measure."""
    found = made.parse_args()
    if found.data is None or found.cache is None:
        print(f"{name}: NOT RUN: trained networks and data are needed; give --data and --cache")
        return None
    return found


def write(rows: list[dict[str, Any]], path: Path | None) -> None:
    if path is not None:
        path.write_text(json.dumps(rows, indent=1), "utf-8")
