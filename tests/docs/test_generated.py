"""The generated pages are what `make docs` would write now."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from edgekit.cli._app import app
from edgekit.frontend.tflite import save
from edgekit.graph import Node
from tests.cli.conftest import small_graph

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("edgekit_ci_docs", ROOT / "ci" / "docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(docs: ModuleType) -> None:
    stale = [str(path.relative_to(ROOT)) for path, text in docs.generated().items() if path.read_text("utf-8") != text]
    assert not stale, "run: make docs"


def test_every_part_is_used(docs: ModuleType) -> None:
    pages = "".join(docs.generated().values())
    assert all(f"<!-- {name}: generated -->" in pages for name in docs.PARTS)


def commands() -> list[str]:
    """Every `edgekit ...` line that README.md and docs/ show as a command."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    lines = [line for page in pages for line in page.read_text("utf-8").splitlines()]
    return sorted({m[1] for line in lines if (m := re.match(r"    (?:\$ )?(edgekit [^#]+?)\s*(?:#.*)?$", line))})


@pytest.mark.parametrize("command", commands())
def test_every_command_shown_can_be_parsed(command: str) -> None:
    name, *rest = shlex.split(command)[1:]
    app().commands[name].make_context(name, rest)  # type: ignore[attr-defined]


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = small_graph()
    graph.tensors["input"] = graph.tensors.pop("image").with_(name="input")
    graph.nodes[0] = Node(graph.nodes[0].op, ("input", "weights", "bias"), graph.nodes[0].outputs)
    graph.inputs = ["input"]
    save(graph, tmp_path / "model.tflite")
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {"images": np.zeros((2, 6, 6, 2), np.float32)}
    exec(example, names)
    assert names["outputs"]["flat"].shape == (2, 36) and names["proof"].exact


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
