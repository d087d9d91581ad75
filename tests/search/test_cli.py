"""`edgekit search` on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.conftest import cli as cli

pytest.importorskip("optuna", reason="needs the extra search")
pytest.importorskip("torch", reason="needs the extra train")

Write = Callable[..., Path]


def test_search(cli: Cli, write: Write, tmp_path: Path, free: None) -> None:
    call = ("search", write(), "-t", "nano33ble", "-n", "6", "-o", tmp_path / "build")
    found = cli(*call, "--json")
    assert found.code == 0 and len(found.json["trials"]) == 6
    best = found.json["trials"][found.json["front"][0]]
    assert best["accuracy"] == max(t["accuracy"] for t in found.json["trials"] if t["accuracy"] is not None)
    written = tomllib.loads(Path(best["recipe"]).read_text())
    assert written["model"]["options"]["width"] == best["point"]["model.options.width"]
    assert written["train"]["learning_rate"] == best["point"]["train.learning_rate"]
    assert written["build"]["targets"] == ["nano33ble"] and "search" not in written
    again = cli(*call)
    assert again.code == 0 and "latency, cycles" in again.out and "NOT RUN" in again.out
    assert "latency is estimated cycles" in again.out
    assert str(Path("search") / "nano33ble" / "front") in again.out


def test_what_is_wrong_is_an_exit_code(cli: Cli, write: Write, tmp_path: Path) -> None:
    bad = cli("search", write({"train.epoch": {"low": 1, "high": 2}}), "-t", "nano33ble", "-o", tmp_path / "build")
    assert bad.code == 3 and '"train.epoch": train.epoch: there is no such key' in bad.err
    assert cli("search", write(), "-t", "abacus", "-o", tmp_path / "build").code == 2
    path = write()
    path.write_text(path.read_text() + '\n[build]\ntargets = ["coral", "nano33ble"]\n')
    assert cli("search", path, "-o", tmp_path / "build").code == 2
