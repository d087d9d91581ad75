"""What people and programs read: results on stdout, everything else on stderr."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 100
NAME = 24  # characters of a name that is never folded
UNLIMITED = 1 << 14  # columns where no terminal limits them: nothing is wrapped or cut in pipes and files


def console(file: TextIO) -> Console:
    """A rich console that leaves text in pipes unwrapped and uncoloured; rich itself honours NO_COLOR."""
    from rich.console import Console

    free = not file.isatty() and not os.environ.get("COLUMNS")
    return Console(file=file, width=UNLIMITED if free else None, highlight=False, emoji=False)


def say(text: str, style: str | None = None) -> None:
    """A message for people, on stderr."""
    console(sys.stderr).print(text, style=style, markup=False, soft_wrap=True)


def show(text: str = "", style: str | None = None) -> None:
    """A line of the result, on stdout."""
    console(sys.stdout).print(text, style=style, markup=False, soft_wrap=True)


@contextlib.contextmanager
def warnings_shown(everything: bool = False) -> Iterator[None]:
    """edgekit's own warnings as lines on stderr; those of other packages, meant for programmers, only on demand."""

    def shown(message: Warning | str, category: type[Warning], *rest: Any) -> None:
        if everything or category.__module__.split(".")[0] == "edgekit":
            say(f"warning: {message}", style="yellow")

    with warnings.catch_warnings():
        warnings.showwarning = shown  # type: ignore[assignment]  # the file and line are of no interest
        yield


def print_json(data: Any) -> None:
    """The result for programs: one JSON document on stdout; NaN and infinity become null."""
    import json

    sys.stdout.write(json.dumps(_plain(data), indent=2) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "item"):  # a NumPy scalar
        return _plain(value.item())
    return str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """A table on stdout. Columns whose title ends in `>` are numbers: right-aligned and never broken.

    On a terminal too narrow for it, text is folded, not cut; short names in the first column stay whole.
    """
    from rich import box
    from rich.table import Table

    grid = Table(
        title=title or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for i, name in enumerate(columns):
        number = name.endswith(">")
        whole = number or (i == 0 and all(len(_cell(row[0])) <= NAME for row in rows))  # names are typed again
        grid.add_column(name.removesuffix(">"), justify="right" if number else "left", no_wrap=whole, overflow="fold")
    for row in rows:
        grid.add_row(*(_cell(value) for value in row))
    screen = console(sys.stdout)
    with screen.capture() as captured:
        screen.print(grid)
    text = captured.get()
    if not screen.is_terminal:  # blanks at the ends of lines are of no use in a file
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    sys.stdout.write(text)


def improvement(found: Mapping[str, Any]) -> None:
    """What was tried to keep int8 within its limit, as a table and sentences; found: as in the manifest."""
    from edgekit.report import quantization

    table(quantization.HEAD, quantization.rows(found))
    for text in quantization.sentences(found):
        show(text)


def stages(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Columns and rows of the table of cross-training's stages, from JSON as in the manifest."""
    columns = ("stage", "on the test part>", "int8 bytes>", "parameters>", "MACs>", "time>", "result")
    return columns, [
        [r["stage"], _scored(r), r["bytes"], r["parameters"], r["macs"], f"{r['seconds']:.1f} s", r["text"]]
        for r in rows
    ]


def _scored(row: Mapping[str, Any]) -> str:
    if row["auc"] is not None:
        return f"AUC {row['auc']:.4f}"
    if row["score"] is None:
        return "unknown"
    return f"{row['score']:.2%}" if row["metric"] == "accuracy" else f"MSE {-row['score']:.6g}"


def _cell(value: Any) -> Any:
    from rich.text import Text

    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, int):
        value = f"{value:,}"
    if isinstance(value, float):
        value = f"{value:.6g}" if math.isfinite(value) else "unknown"
    return Text("" if value is None else str(value))


def narrow() -> bool:
    """Whether stdout is a terminal that has no room for wide tables."""
    return console(sys.stdout).width < WIDE


def size(count: int) -> str:
    """Bytes for people: 1,234 B or 1.2 KiB."""
    if count < 10_000:
        return f"{count:,} B"
    return f"{count / 1024:,.1f} KiB" if count < 10 * 1024**2 else f"{count / 1024**2:,.1f} MiB"


def layer(name: str) -> str:
    """A layer's name for people; JSON has the whole."""
    from edgekit.graph import brief

    return brief(name)


def counted(count: int, what: str) -> str:
    """1 layer, 2 layers."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")
