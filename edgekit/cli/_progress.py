"""Progress of long work, on stderr: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from edgekit.cli import _output

if TYPE_CHECKING:
    from edgekit.train import Progress

PATIENCE = 2.0  # seconds before anything is shown
INTERVAL = 10.0  # seconds between plain lines


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """A callable `progress(done, total, text)`; nothing is shown for work of less than two seconds."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Bar(*columns, console=_output.console(sys.stderr), transient=True)
    task = bar.add_task("", total=None)
    started, shown = time.monotonic(), False

    def update(done: int, total: int, text: str) -> None:
        nonlocal shown
        bar.update(task, completed=done, total=total, description=text)
        if not shown and time.monotonic() - started > PATIENCE:
            shown = True
            bar.start()

    try:
        yield update
    finally:
        if shown:
            bar.stop()


class Lines:
    """Plain lines: the first after two seconds, then at most one every ten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock() + PATIENCE

    def __call__(self, done: int, total: int, text: str) -> None:
        now = self._clock()
        if now >= self._next:
            self._next = now + INTERVAL
            _output.say(f"{text} {done}/{total}" if total > 1 else text)
