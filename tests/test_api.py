"""The Python API: what `import edgekit` offers, lazily and with types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import edgekit
from edgekit.frontend.tflite import save
from tests.cli.conftest import small_graph


def test_import_is_cheap_and_names_are_there() -> None:
    code = (
        "import sys, edgekit; assert 'numpy' not in sys.modules; print(*dir(edgekit)); "
        "edgekit.load; assert 'numpy' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"analyze", "build", "load", "quantize", "simulate", "verify"} <= set(done.stdout.split())
    with pytest.raises(AttributeError, match="nonsense"):
        edgekit.nonsense  # noqa: B018


@pytest.mark.parametrize("name", [n for n in edgekit.__all__ if n != "__version__"])
def test_functions_are_documented_and_typed(name: str) -> None:
    function = getattr(edgekit, name)
    assert len(function.__doc__) > 100 and "Raises" in function.__doc__
    assert "return" in function.__annotations__


def test_load_simulate_verify(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    save(small_graph(), path)
    graph = edgekit.load(path)
    x = np.random.default_rng(0).normal(size=(3, 6, 6, 2)).astype(np.float32)
    from_graph, from_path = edgekit.simulate(graph, {"image": x}), edgekit.simulate(path, {"image": x}, layers=True)
    assert set(from_graph) == {"flat"} and set(from_path) == {"image", "features", "flat"}
    np.testing.assert_array_equal(from_graph["flat"], from_path["flat"])
    for model in (graph, path, str(path)):
        assert edgekit.verify(model, "litert-reference", inputs={"image": x}).exact


def test_types_are_visible_to_mypy(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import edgekit\n"
        "graph = edgekit.load('m.tflite')\n"
        "reveal_type(graph)\n"
        "reveal_type(edgekit.verify(graph).exact)\n"
        "edgekit.simulate(graph, 3)\n"
    )
    mypy = pytest.importorskip("mypy.api")
    out, _, code = mypy.run([str(program), "--follow-imports=silent", f"--cache-dir={tmp_path}"])
    assert code == 1 and "Graph" in out and '"bool"' in out and "arg-type" in out
