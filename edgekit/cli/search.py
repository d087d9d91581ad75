"""`edgekit search`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Recipe


def search(
    recipe: Recipe = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="Name of a target; the recipe's without.")
    ] = None,
    trials: Annotated[int, typer.Option("--trials", "-n", min=1, help="How many in all, former runs included.")] = 20,
    storage: Annotated[
        str | None,
        typer.Option(help="Database that workers share: its URL, or a .journal file; SQLite under --output without."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder that gets NAME/search/.")] = Path("build"),
    json: Json = False,
) -> None:
    """Try networks and settings, and keep those of which none is better in everything.

    The recipe's [search.space] names what is varied; accuracy is int8's on the validation part, costs are the
    target's own. What does not fit is found out before it is trained. The same command goes on after Ctrl-C or a
    kill; given on several machines with one --storage, it works on one search together.

    \b
    Examples:
      edgekit search edgekit.toml --target nano33ble --trials 50
      edgekit search edgekit.toml --target nano33ble --trials 200 --storage postgresql://user@host/trials
    """
    from edgekit.api import default_recipe
    from edgekit.cli._progress import progress
    from edgekit.errors import UsageError
    from edgekit.recipe import load_recipe
    from edgekit.report import search as page
    from edgekit.search import search as work

    chosen = load_recipe(recipe or default_recipe())
    if target is None and len(chosen.build.targets) != 1:
        raise UsageError("--target", f"is needed: the recipe has {len(chosen.build.targets)}", "name one of them")
    with progress() as report:
        result = work(
            chosen, target or chosen.build.targets[0], trials, storage=storage, output=output, workers=workers,
            progress=report,
        )  # fmt: skip
    from edgekit.search.front import as_json

    found = as_json(result)
    if json:
        _output.print_json(found)
        return
    _output.table(page.columns(found), page.rows(found))
    for text in page.sentences(found):
        _output.show(text)
    _output.show(f"recipes of the front: {result.folder / 'front'}; the page: {result.folder / 'search.html'}")
