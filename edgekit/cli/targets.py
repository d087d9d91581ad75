"""`edgekit targets`."""

from __future__ import annotations

from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json


def targets(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Everything about each, and its tools' versions.")
    ] = False,
    operators: Annotated[
        bool, typer.Option("--operators", help="The table of supported operators and every rule, as Markdown.")
    ] = False,
    json: Json = False,
) -> None:
    """Which targets there are. Adding one is adding a TOML file to ./targets or a folder in EDGEKIT_TARGETS.

    \b
    Examples:
      edgekit targets
      edgekit targets --operators
    """
    from dataclasses import asdict

    from edgekit.backends import backend, described, operators_table
    from edgekit.target import load_targets

    if operators and not json:
        typer.echo(operators_table(), nl=False)
        return
    found = load_targets()
    if json:
        values = [
            {
                **target.model_dump(mode="json"),
                **asdict(described(target)),
                "versions": backend(target.backend).versions(),
            }
            for target in found.values()
        ]
        _output.print_json({"targets": values, **({"operators": operators_table()} if operators else {})})
        return
    if not verbose:
        rows = [(t.name, t.title, ", ".join(t.verify), t.vehicle) for t in found.values()]
        _output.table(("target", "title", "proven against", "edgekit run uses"), rows)
        return
    for target in found.values():
        _output.show(f"{target.name}: {target.title}", style="bold")
        memory = {key: _output.size(value) for key, value in target.memory.model_dump().items() if value is not None}
        row = described(target)
        facts = {
            "artifact": row.artifact, "compiler": row.compiler, "proof": row.proof,
            "about": target.about, "vendor": target.vendor, "source": target.source, "vehicle": target.vehicle,
            "proven against": ", ".join(target.verify), "memory": ", ".join(f"{k} {v}" for k, v in memory.items()),
            "options": ", ".join(f"{k} = {v!r}" for k, v in target.options.items()),
            "tools": ", ".join(f"{k} {v}" for k, v in backend(target.backend).versions().items()),
        }  # fmt: skip
        for key, value in facts.items():
            if value:
                _output.show(f"  {key:<15} {value}")
