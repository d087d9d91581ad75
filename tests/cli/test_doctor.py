"""`edgekit doctor`."""

from __future__ import annotations

import pytest

from edgekit.doctor.probe import Package
from tests.cli.conftest import Cli


def test_doctor_on_the_command_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    result = cli("doctor", "--json")
    assert result.code == 0 and result.json["healthy"] is True
    monkeypatch.setattr(Package, "find", lambda self: None)
    broken = cli("doctor")
    assert broken.code == 5
    assert "pip install" in broken.out and "numpy" in broken.out
