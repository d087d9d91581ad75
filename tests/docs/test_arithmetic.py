"""docs/arithmetic.md: its examples run, and it names every operator and every deviation."""

from __future__ import annotations

import doctest
from pathlib import Path

from edgekit import plugins
from edgekit.reference.arithmetics import arithmetic

PAGE = Path(__file__).resolve().parents[2] / "docs" / "arithmetic.md"


def test_the_worked_examples() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 20 and result.failed == 0


def test_every_operator_is_explained() -> None:
    operators = PAGE.read_text(encoding="utf-8").partition("## Operators")[2]
    missing = [name for name in plugins.names("edgekit.graph.ops") if f"`{name}`" not in operators]
    assert not missing


def test_every_deviation_is_in_the_table() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {
        (operator.strip(" `"), cells[2].strip(), cells[3].strip(" `"))
        for cells in (row.split("|") for row in rows)
        for operator in cells[1].split(",")
    }
    names = [name.replace("_", "-") for name in plugins.names("edgekit.reference.arithmetics")]
    real = {(operator, name, rule) for name in names for operator, rule in arithmetic(name).deviations.items()}
    wide = {(operator, name, rule) for name in names for operator, rule in (arithmetic(name).wide or {}).items()}
    real |= {
        (operator, name, rule) for operator, name, rule in wide if arithmetic("litert-reference").rule(operator) != rule
    }
    assert real <= named and {name for _, name, _ in named} <= set(names)
