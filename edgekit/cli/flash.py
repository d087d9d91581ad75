"""`edgekit flash`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Port


def flash(
    folder: Annotated[Path | None, typer.Argument(metavar="BUILD_DIR", help="A target's build folder.")] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="Instead of a folder: the one build in ./build of that target.")
    ] = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Compile a build folder with the board's own framework and put it on the board, through PlatformIO.

    Afterwards `edgekit verify`, `edgekit run` and `edgekit bench` with --port talk to it.

    \b
    Examples:
      edgekit flash build/kws/nano33ble
      edgekit flash --target nano33ble --port /dev/ttyACM0
    """
    from edgekit import flashing
    from edgekit.errors import UsageError

    if (folder is None) == (target is None):
        raise UsageError("edgekit flash", "takes a build folder or --target", "give one of them")
    found = folder if folder is not None else flashing.newest(Path("build"), str(target))
    done = flashing.flash(found, port)
    if json:
        _output.print_json({"folder": found, "command": done.command, "output": done.output})
        return
    _output.show(done.output)
    _output.show(f"flashed {found}; next: edgekit verify {found} --port {port or 'PORT'}")
