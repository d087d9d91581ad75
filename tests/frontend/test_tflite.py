"""The `.tflite` reader and writer."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.frontend.tflite import read, write
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.reshape import Reshape
from edgekit.verification import verify


def small_graph() -> Graph:
    rng = np.random.default_rng(0)
    graph = Graph("small", inputs=["x"], outputs=["z"])
    scales = rng.uniform(0.001, 0.01, 8).astype(np.float32)
    weights = rng.integers(-127, 128, (8, 3, 3, 3)).astype(np.int8)
    for tensor in (
        Tensor("x", (1, 9, 9, 3), "int8", Quantization.per_tensor(0.05, -3)),
        Tensor.constant("w", weights, Quantization.per_channel(scales, 0)),
        Tensor.constant("b", rng.integers(-1000, 1000, 8).astype(np.int32)),
        Tensor("y", (1, 5, 5, 8), "int8", Quantization.per_tensor(0.03, 5)),
        Tensor("z", (1, 200), "int8", Quantization.per_tensor(0.03, 5)),
    ):
        graph.add(tensor)
    graph.nodes = [Node(Conv2D(stride=(2, 2), activation="relu6"), ("x", "w", "b"), ("y",))]
    graph.nodes += [Node(Reshape((1, 200)), ("y",), ("z",))]
    graph.validate()
    return graph


def test_read_write_read_is_the_same_graph_and_the_same_bytes() -> None:
    data = write(small_graph())
    again = read(data)
    assert again.fingerprint() == small_graph().fingerprint()
    assert write(again) == data.replace(b"small", b"model")


@pytest.mark.parametrize("runtime", ["tflite-micro", "litert-reference"])
def test_every_layer_equals_the_runtime(runtime: str) -> None:
    result = verify(small_graph(), runtime)
    assert result.exact and sum(layer.values for layer in result.layers) == 8 * 400


def test_truncated_file_is_one_clear_error() -> None:
    data = write(small_graph())
    for size in (0, 7, 100, len(data) // 2):
        with pytest.raises(InputError):
            read(data[:size])
