"""docs/exports: every export target has its page, and the page says what the build says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from edgekit.backends.export.options import options_of
from edgekit.graph import Graph, Tensor
from edgekit.target import builtin_folder, find_target, load_target

ROOT = Path(__file__).resolve().parents[2] / "docs" / "exports"
TARGETS = sorted(p.stem for p in builtin_folder().glob("*.toml") if load_target(p).backend == "export")


def test_every_page_is_of_a_target() -> None:
    assert sorted(path.stem for path in ROOT.glob("*.md")) == TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_the_page_has_the_command_and_the_rules(name: str) -> None:
    page, target = (ROOT / f"{name}.md").read_text("utf-8"), find_target(name)
    options = options_of(target)
    graph = Graph("digits", inputs=["input"], outputs=["output"])
    for tensor, shape in (("input", (1, 28, 28, 1)), ("output", (1, 10))):
        graph.add(Tensor(tensor, shape, "float32"))
    assert f"    {shlex.join(options.line(graph))}\n" in page, "the command that a build of the default network prints"
    assert all(f"    {line}\n" in page for line in options.then)
    assert f"--target {name}" in page and "NOT RUN" in page and options.tool in page
    assert target.source in page, "the vendor's document"
    if options.format == "onnx":
        axes = {4: "four axes", 5: "five axes", 6: "six"}[options.max_rank]
        assert f"opset {options.opset}" in page and axes in page
    for title in (
        "## What the build makes",
        "## Rules, and where they were read",
        "## What is proven",
        "## On a machine",
    ):
        assert title in page
    for row in re.findall(r"^\| (?!rule|file|---|`)(.*) \|$", page, re.MULTILINE):
        assert len(row.split(" | ")) == 3, f"a rule, what is checked, where it was read: {row}"
