"""Discovery of backends and targets, and the generated table."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import backends
from edgekit.backends import _contract, operators_table
from edgekit.errors import InputError, ToolError, UsageError
from edgekit.graph import operators
from edgekit.target import find_target, load_targets


@pytest.mark.parametrize("name", backends.names())
def test_every_backend_keeps_the_contract(name: str) -> None:
    module = backends.backend(name)
    for wanted in ("Options", "CONSTRAINTS", "supports", "check", "compile", "run", "versions"):
        assert hasattr(module, wanted)
    assert all(isinstance(c, _contract.Constraint) and c.rule.endswith(".") for c in module.CONSTRAINTS)
    assert module.versions()["edgekit"]


def test_a_latency_says_what_it_goes_by() -> None:
    """Cycles where they are known, else instructions, and never one as if it were the other."""
    known = backends.Estimate("instructions", {}, 2e6, {}, 0, 0, cycles={}, total_cycles=3e6, clock_hz=64_000_000)
    assert known.latency is not None and known.latency.ms == 46.875
    assert str(known.latency) == "46.88 ms at 64 MHz, by estimated cycles"
    counted = replace(known, total_cycles=None)
    assert counted.latency is not None and (counted.latency.ms, counted.latency.by) == (31.25, "instructions")
    assert str(counted.latency) == "31.25 ms at 64 MHz, by instructions, one a cycle: not all layers have cycles"
    free = replace(known, clock_hz=None).latency
    assert free is not None and free.ms is None and str(free) == "3,000,000 cycles"
    timed = replace(counted, unit="us").latency
    assert timed is not None and timed.ms is None and str(timed) == "2,000,000 us"
    assert replace(counted, total=None).latency is None


def test_every_target_names_a_backend() -> None:
    targets = load_targets()
    assert {"coral", "reference"} <= set(targets)
    for name, target in targets.items():
        assert target.name == name and target.backend in backends.names()


def test_other_packages_bring_backends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "my_backend.py").write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {"mine": "my_backend", "broken": "no_such_module_here"}
    monkeypatch.setattr(backends, "_entry_points", lambda: found)
    assert backends.backend("mine").ANSWER == 42 and "mine" in backends.names()
    with pytest.raises(ToolError, match="no_such_module_here"):
        backends.backend("broken")
    with pytest.raises(UsageError, match="known: "):
        backends.backend("nothing")
    sys.modules.pop("my_backend", None)


def test_users_add_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'title = "My board"\nbackend = "coral"\nvehicle = "a desk"\n'
    (tmp_path / "here" / "targets").mkdir(parents=True)
    (tmp_path / "here" / "targets" / "mine.toml").write_text(text)
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "mine.toml").write_text(text.replace("My", "Your"))
    monkeypatch.chdir(tmp_path / "here")
    assert find_target("mine").title == "My board"
    monkeypatch.setenv("EDGEKIT_TARGETS", str(tmp_path / "far"))
    assert find_target("mine").title == "Your board"
    monkeypatch.setenv("EDGEKIT_TARGETS", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="nowhere"):
        load_targets()


@pytest.mark.parametrize(
    "text, said",
    [
        ("titel = 'x'", "titel.*known keys: .*title"),
        ("title = 'x'", "Field required"),
        ("title = 'x'\nbackend = 'coral'\nvehicle = 'y'\n[memory]\nram = -1", r"memory\.ram.*-1"),
        ("title = 'x'\nname = 'y'", "called as its file"),
        ("title = ", "not valid TOML"),
        ("\udcff", "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
        ("#" * (1 << 18) + "#", "larger than"),
    ],
)
def test_bad_targets_are_one_clear_error(text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    monkeypatch.setenv("EDGEKIT_TARGETS", str(tmp_path))
    with pytest.raises(InputError, match=said):
        load_targets()


def test_the_table_has_every_operator_and_every_rule() -> None:
    text = operators_table()
    for operator in operators():
        assert f"| `{operator}` |" in text
    for rule in backends.backend("coral").CONSTRAINTS:
        assert rule.rule in text
    assert "| `softmax` | yes (" in operators_table(["coral"])


def test_a_constraint_needs_a_message() -> None:
    with pytest.raises(ValueError, match="docstring"):
        _contract.constraint("add")(lambda graph, node, options: None)
