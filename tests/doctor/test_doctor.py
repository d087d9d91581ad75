"""Tools are found, their versions judged, and the commands to install them told."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from edgekit import plugins
from edgekit.doctor import examine, probe
from edgekit.doctor.probe import Library, Package, Program


def fake(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(stat.S_IRWXU)


def test_every_declaration_is_complete_and_the_core_is_here() -> None:
    found = examine()
    assert [t.name.replace("-", "_") for t in sorted(found.tools, key=lambda t: t.name.replace("-", "_"))] == list(
        plugins.names("edgekit.doctor.tools")
    )
    assert all(t.purpose and t.install for t in found.tools)
    numpy = next(t for t in found.tools if t.name == "numpy")
    assert numpy.required and numpy.state == "ok" and numpy.version
    assert found.healthy


def test_a_program_is_asked_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tool = Program("compiler", "tests", "apt-get install compiler", fits=">=16.0")
    assert tool.find() is None
    fake(tmp_path, "compiler", "echo Compiler version 16.0.384591198")
    found = tool.find()
    assert found is not None and (found.version, found.place) == ("16.0.384591198", str(tmp_path / "compiler"))
    assert tool.accepts(found.version) and not tool.accepts("15.9") and tool.accepts("")
    fake(tmp_path, "compiler", "exit 3")
    found = tool.find()
    assert found is not None and found.version == ""


def test_a_library_is_looked_up_in_the_linkers_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fake(tmp_path, "ldconfig", "echo '1 libs found'; echo '\tlibedgetpu.so.1 (libc6,x86-64) => /lib/libedgetpu.so.1'")
    found = Library("libedgetpu.so.1", "tests", "").find()
    assert found is not None and found.place == "/lib/libedgetpu.so.1"
    assert Library("libedgetpu.so", "tests", "").find() is None


def test_packages_take_their_limits_from_the_projects_requirements(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = Package("torch", "tests")
    assert torch.fits == ">=2.5" and not torch.required and "[train]" in torch.install
    assert torch.accepts("2.13.0+cpu") and not torch.accepts("2.4.1")
    assert Package("numpy", "tests").required
    monkeypatch.setattr(probe.metadata, "requires", lambda _: ['torch>=2.5; extra == "train"', "numpy>=2.0"])
    monkeypatch.setattr(probe, "ROOT", Path("/nonexistent"))
    probe._requirements.cache_clear()
    try:
        assert torch.install == 'pip install "edgekit[train]"' and torch.fits == ">=2.5"
        assert Package("numpy", "tests").required
    finally:
        probe._requirements.cache_clear()
