"""A small int8 model on disk and a way to call the command line in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.cli._app import app
from edgekit.frontend.tflite import save
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.reshape import Reshape


def small_graph() -> Graph:
    """int8: (1, 6, 6, 2) -> convolution 3x3, 4 channels, stride 2, relu -> (1, 3, 3, 4) -> reshape (1, 36)."""
    rng = np.random.default_rng(1)
    graph = Graph("small")
    scales = np.array([0.01, 0.02, 0.03, 0.015], np.float32)
    graph.add(Tensor("image", (1, 6, 6, 2), "int8", Quantization.per_tensor(0.05, 3)))
    weights = rng.integers(-127, 128, (4, 3, 3, 2), np.int8)
    graph.add(Tensor.constant("weights", weights, Quantization.per_channel(scales, 0)))
    bias = rng.integers(-500, 500, 4).astype(np.int32)
    graph.add(Tensor.constant("bias", bias, Quantization.per_channel(scales * np.float32(0.05), 0)))
    graph.add(Tensor("features", (1, 3, 3, 4), "int8", Quantization.per_tensor(0.1, -128)))
    graph.add(Tensor("flat", (1, 36), "int8", Quantization.per_tensor(0.1, -128)))
    graph.nodes.append(Node(Conv2D(stride=(2, 2), activation="relu"), ("image", "weights", "bias"), ("features",)))
    graph.nodes.append(Node(Reshape(shape=(1, 36)), ("features",), ("flat",)))
    graph.inputs, graph.outputs = ["image"], ["flat"]
    graph.validate()
    return graph


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.tflite"
    save(small_graph(), path)
    return path


@dataclass(frozen=True)
class Result:
    """What a call printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`cli("verify", path, "--json")`: the command line in this process, stdout and stderr apart."""
    monkeypatch.delenv("COLUMNS", raising=False)  # pytest's workers have a terminal's width, pipes have none

    def call(*args: object) -> Result:
        capsys.readouterr()
        try:
            app()([str(a) for a in args], prog_name="edgekit")
            code: Any = 0
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        return Result(int(code or 0), printed.out, printed.err)

    return call
