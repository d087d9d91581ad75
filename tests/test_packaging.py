"""The wheel and the source archive are complete, and the wheel works in an environment away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from edgekit.frontend.tflite import save
from tests.cli.conftest import small_graph

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "EDGEKIT_TARGETS")}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both archives, as `make wheel` builds them, without looking for the build backend in a package index."""
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with the wheel; its dependencies are this environment's."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    (wheel,) = dist.glob("*.whl")
    run(folder / "bin" / "python", "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=folder)
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def test_both_archives_are_complete(dist: Path) -> None:
    (wheel,), (archive,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("targets", "firmware", "calibration"):
        files = [p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
        assert files and {f"edgekit/data/{p.relative_to(ROOT)}" for p in files} <= names
    assert {"edgekit/recipes/default.toml", "edgekit/cli/build.py", "edgekit/backends/coral/runner.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "ci/"))]
    with tarfile.open(archive) as source:
        stored = {name.partition("/")[2] for name in source.getnames()}
    wanted = {"Makefile", "constraints.txt", "README.md", "LICENSE", "targets/coral.toml", "tests/test_packaging.py"}
    assert wanted <= stored and "ci/docs.py" in stored and "docs/arithmetic.md" in stored


def test_the_wheel_works_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    edgekit = installed / "edgekit"
    place = run(installed / "python", "-c", "import edgekit; print(edgekit.__file__)", cwd=tmp_path)
    assert Path(place.strip()).is_relative_to(installed.parent)
    assert "Exit codes" in run(edgekit, "--help", cwd=tmp_path)
    found = {target["name"] for target in json.loads(run(edgekit, "targets", "--json", cwd=tmp_path))["targets"]}
    assert {path.stem for path in (ROOT / "targets").glob("*.toml")} <= found
    tools = {tool["name"]: tool for tool in json.loads(run(edgekit, "doctor", "--json", cwd=tmp_path))["tools"]}
    assert tools["numpy"]["required"] and tools["torch"]["install"] == 'pip install "edgekit[train]"'
    recipe = "import edgekit.api, edgekit.recipe as r; print(r.load_recipe(edgekit.api.default_recipe()).name)"
    assert run(installed / "python", "-c", recipe, cwd=tmp_path).strip() == "digits"


def test_the_wheel_simulates_and_builds(installed: Path, tmp_path: Path) -> None:
    save(small_graph(), tmp_path / "model.tflite")
    np.savez(tmp_path / "in.npz", image=np.zeros((2, 6, 6, 2), np.int8))
    run(installed / "edgekit", "simulate", "model.tflite", "-i", "in.npz", "-o", "out.npz", cwd=tmp_path)
    assert np.load(tmp_path / "out.npz")["flat"].shape == (2, 36)
    run(installed / "edgekit", "build", "model.tflite", "--target", "coral", cwd=tmp_path)
    assert (tmp_path / "build" / "model" / "coral" / "run_on_device.py").is_file()
