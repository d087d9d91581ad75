"""`edgekit doctor`."""

from __future__ import annotations

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json
from edgekit.errors import ToolError


def doctor(json: Json = False) -> None:
    """Which toolchains and runtimes are here, which versions fit, and what to install.

    Ends with exit code 5 when something is missing without which nothing works; optional tools may be absent.

    \b
    Example:
      edgekit doctor --json
    """
    from dataclasses import asdict

    from edgekit.doctor import examine

    found = examine()
    if json:
        _output.print_json({**asdict(found), "healthy": found.healthy})
    else:
        _output.show(f"edgekit {found.edgekit}, Python {found.python}, {found.platform}")
        _output.table(
            ("tool", "state", "version", "fits", "for"),
            [(t.name, t.state, t.version, t.fits, t.purpose) for t in found.tools],
        )
        for state, text in (("unfit", "of a version that does not fit"), ("absent", "not here")):
            commands: dict[str, list[str]] = {}
            for tool in found.tools:
                if tool.state == state:
                    commands.setdefault(tool.install, []).append(tool.name)
            for command, tools in commands.items():
                _output.show(f"{', '.join(tools)}: {text}; to install: {command}")
    if not found.healthy:
        raise typer.Exit(ToolError.exit_code)
