"""What `edgetpu_compiler` prints: one summary, and with `--show_operations` a table of operators.

Sources: coral.ai, "Edge TPU Compiler", and logs of versions 2.0 to 16.0 as users publish them. Wording and order differ
between versions, so every line is looked for by itself; what is missing stays None.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

MAPPED = "Mapped to Edge TPU"
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
ROW = re.compile(r"^([A-Z][A-Z0-9_]*)[ \t]+(\d+)[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
CUSTOM_ROW = re.compile(r"^(\S+)[ \t]{2,}(\d+)[ \t]{2,}(\S.*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One line of the operator table: `count` operators `op` with this status."""

    op: str
    count: int
    status: str

    @property
    def mapped(self) -> bool:
        return self.status == MAPPED


@dataclass(frozen=True)
class Log:
    """A parsed log. Sizes in bytes, as exact as the log prints them (two decimals of its unit).

    Attributes:
        version: of the compiler.
        milliseconds: compile time.
        on_chip_used, on_chip_remaining: on-chip memory for caching parameters; off_chip: streamed parameters.
        subgraphs: Edge TPU operators in the compiled model.
        operations: all operators of the model, by the summary.
        rows: the table.
    """

    version: str | None = None
    milliseconds: int | None = None
    on_chip_used: int | None = None
    on_chip_remaining: int | None = None
    off_chip: int | None = None
    subgraphs: int | None = None
    operations: int | None = None
    rows: tuple[Row, ...] = field(default_factory=tuple)

    @property
    def recognized(self) -> bool:
        """True when this is a compiler's report about a model, not any other text."""
        return bool(self.rows) or self.operations is not None

    @property
    def mapped(self) -> int | None:
        """Operators on the Edge TPU; None without a table."""
        return sum(row.count for row in self.rows if row.mapped) if self.rows else None

    @property
    def total(self) -> int | None:
        return sum(row.count for row in self.rows) if self.rows else self.operations

    @property
    def unmapped(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.mapped)

    def facts(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "rows": [asdict(row) for row in self.rows], "mapped": self.mapped, "total": self.total}


def parse(text: str) -> Log:
    """Parse the compiler's output or its `.log` file. Never fails: see `Log.recognized`."""

    def number(pattern: str) -> int | None:
        found = re.search(pattern, text)
        return int(found[1]) if found else None

    def size(label: str) -> int | None:
        found = re.search(label + r":\s*([\d.]+)\s*([KMG]?i?B)\b", text)
        try:
            return round(float(found[1]) * UNITS[found[2]]) if found else None
        except (ValueError, KeyError):
            return None

    version = re.search(r"Edge TPU Compiler version (\d[\d.]*\d)", text)
    header = re.search(r"^Operator[ \t]+Count[ \t]+Status[ \t]*$", text, re.MULTILINE)
    table = text[header.end() :] if header else ""
    found = {m.span(): m for m in (*ROW.finditer(table), *CUSTOM_ROW.finditer(table))}
    return Log(
        version=version[1] if version else None,
        milliseconds=number(r"Model compiled successfully in (\d+) ms"),
        on_chip_used=size(r"On-chip memory used for caching model parameters"),
        on_chip_remaining=size(r"On-chip memory (?:remaining|available) for caching model parameters"),
        off_chip=size(r"Off-chip memory used for streaming uncached(?: model)? parameters"),
        subgraphs=number(r"Number of Edge TPU subgraphs:\s*(\d+)"),
        operations=number(r"Total number of operations:\s*(\d+)"),
        rows=tuple(Row(m[1], int(m[2]), m[3]) for _, m in sorted(found.items())),
    )
