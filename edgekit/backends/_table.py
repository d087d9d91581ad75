"""The table of supported operators, generated from the constraints of every backend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def operators_table(backends: Iterable[str] | None = None) -> str:
    """Markdown: a table of operators by backends, then each backend's rules.

    In the table `yes` means that a backend takes the operator, numbers are its rules below it, `-` means never.

    Args:
        backends: names; all without.
    """
    from edgekit import backends as package
    from edgekit.graph import operators

    chosen = list(backends) if backends is not None else list(package.names())
    columns = {name: package.backend(name) for name in chosen}
    numbers = {
        name: {id(rule): count for count, rule in enumerate((r for r in m.CONSTRAINTS if r.operators), 1)}
        for name, m in columns.items()
    }
    lines = ["| operator | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for operator in sorted(operators()):
        cells = []
        for name, module in columns.items():
            cells.append(_cell(module, operator, numbers[name]))
        lines.append(f"| `{operator}` | " + " | ".join(cells) + " |")
    for name, module in columns.items():
        if not module.CONSTRAINTS:
            continue
        lines += ["", f"### {name}", ""]
        general = [r for r in module.CONSTRAINTS if not r.operators]
        lines += [f"- every operator: {r.rule}" for r in general] + ([""] if general else [])
        for rule in (r for r in module.CONSTRAINTS if r.operators):
            lines.append(f"{numbers[name][id(rule)]}. {', '.join(f'`{o}`' for o in rule.operators)}: {rule.rule}")
    return "\n".join(lines) + "\n"


def _cell(module: Any, operator: str, numbers: dict[int, int]) -> str:
    if not module.supports(operator):
        return "-"
    said = [module.remark(operator)] if hasattr(module, "remark") else []
    said += [str(numbers[id(rule)]) for rule in module.CONSTRAINTS if operator in rule.operators]
    return "yes" + (f" ({', '.join(filter(None, said))})" if any(said) else "")
