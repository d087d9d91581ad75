"""Proof layer by layer on a running firmware, of layers with several outputs too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edgekit.backends import c
from edgekit.backends.c import toolchain
from edgekit.backends.c.options import Options
from edgekit.backends.c.project import FACTS, IMAGE
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.split import Split
from edgekit.target import load_targets
from edgekit.verification import random_inputs

TARGET = "host-c"


def branching() -> Graph:
    """A split into three whose last part passes through a layer that hides most of it."""
    q = Quantization.per_tensor(0.5, 0)
    graph = Graph("branching", inputs=["x"], outputs=["y"])
    for name, shape in (("x", (1, 4, 9)), ("a", (1, 4, 2)), ("b", (1, 4, 3)), ("c", (1, 4, 4)), ("r", (1, 4, 4)),
                        ("y", (1, 4, 9))):  # fmt: skip
        graph.add(Tensor(name, shape, "int8", q))
    graph.nodes = [
        Node(Split(2, (2, 3, 4)), ("x",), ("a", "b", "c")),
        Node(Relu(), ("c",), ("r",)),
        Node(Concatenation(2), ("b", "a", "r"), ("y",)),
    ]
    graph.validate()
    return graph


@pytest.fixture
def build(tmp_path: Path) -> Callable[[str, str], Path]:
    """A firmware whose kernel file had a text replaced before it was compiled."""

    def make(old: str = "", new: str = "") -> Path:
        target = load_targets()[TARGET]
        if toolchain.find(c.options_of(target)) is None:
            pytest.skip("no C compiler is installed")
        c.compile(branching(), target, tmp_path)
        if old:
            path = tmp_path / "src" / "split.c"
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
            options = Options.model_validate(json.loads((tmp_path / FACTS).read_text())["options"])
            toolchain.build(tmp_path, options, IMAGE)
        return tmp_path

    return make


def test_every_layer_is_exact(build: Callable[..., Path]) -> None:
    graph = branching()
    found = c.verify(build(), random_inputs(graph, 3))
    assert found.exact
    assert [(layer.layer, layer.values) for layer in found.layers] == [("a", 3 * 36), ("r", 3 * 16), ("y", 3 * 36)]


def test_a_wrong_second_or_third_output_is_found(build: Callable[..., Path]) -> None:
    """Only a negative value of the last part is changed, which the layer after it would hide."""
    copy = "memcpy((uint8_t *)y[i] + row * p->blocks[i], from, (size_t)p->blocks[i]);"
    folder = build(copy, f"{copy} if (i == 2) ((int8_t *)y[i])[0] = -7;")
    found = c.verify(folder, random_inputs(branching(), 3))
    assert found.first_difference is not None and found.first_difference.layer == "a"
