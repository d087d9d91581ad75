"""The command line: one file per verb, found by file name.

A file `NAME.py` here offers one function `NAME` (`run` for `edgekit run`) whose parameters typer reads and whose
docstring is the help text. Nothing heavy is imported before a verb runs, so that `--help` answers at once.
"""

from __future__ import annotations


def main() -> None:
    """The entry point of the `edgekit` program."""
    from edgekit.cli._app import app

    app()(prog_name="edgekit")
