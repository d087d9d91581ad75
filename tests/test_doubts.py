"""What is valid but may surprise is said."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import edgekit
from edgekit.analysis import Need
from edgekit.doubts import ModelWarning, collected, doubts
from edgekit.errors import InputError
from edgekit.frontend.tflite import save
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.pipeline import build
from tests.backends.graphs import small_int8
from tests.quantization.graphs import Builder


def softmax(width: int) -> Graph:
    b = Builder((1, width))
    return b.done(b.op("softmax", "x"))


def test_wide_softmax() -> None:
    assert doubts(softmax(511)) == []
    (said,) = doubts(softmax(512))
    assert "rows of 512 values" in said and edgekit.analyze(softmax(512)).notes == (said,)


def dynamic_range(path: Path) -> Path:
    graph = Graph("hybrid", inputs=["x"], outputs=["y"])
    graph.add(Tensor("x", (1, 3), "float32"))
    graph.add(Tensor.constant("w", np.ones((2, 3), np.int8), Quantization.per_tensor(0.5, 0)))
    graph.add(Tensor("y", (1, 2), "float32"))
    graph.nodes = [Node(FullyConnected(), ("x", "w"), ("y",))]
    save(graph, path)
    return path


def test_weights_between_float_activations(tmp_path: Path) -> None:
    path = dynamic_range(tmp_path / "hybrid.tflite")
    with pytest.warns(ModelWarning, match="1 int8 weights between float activations"):
        assert edgekit.load(path).nodes
    assert ["dynamic-range" in note for note in edgekit.analyze(path).notes] == [True]
    np.save(tmp_path / "c.npy", np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32))
    for _ in range(2):  # cached or not
        result = build(path, ["reference"], tmp_path / "build", calibration=tmp_path / "c.npy")
        assert any("dynamic-range" in note for note in result.notes)


def test_calibration_of_an_int8_model(tmp_path: Path) -> None:
    save(small_int8(), tmp_path / "small.tflite")
    with pytest.raises(InputError, match="does not exist"):
        build(tmp_path / "small.tflite", ["reference"], tmp_path / "build", calibration=tmp_path / "no.npz")
    np.save(tmp_path / "c.npy", np.zeros(3))
    result = build(tmp_path / "small.tflite", ["reference"], tmp_path / "build", calibration=tmp_path / "c.npy")
    assert any("not used" in note for note in result.notes)


def test_other_warnings_go_their_way() -> None:
    notes: list[str] = []
    with pytest.warns(DeprecationWarning, match="old"), collected(notes, ModelWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        for _ in range(2):
            warnings.warn("read otherwise", ModelWarning, stacklevel=1)
    assert notes == ["read otherwise"]


def test_need() -> None:
    assert Need("ram", 10, 10).fits and not Need("ram", 11, 10).fits
