"""ONNX Runtime where rounding is decided: scales that are powers of two make ties common."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from edgekit import frontend
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.add import Add
from edgekit.reference import Simulator
from edgekit.verification import verify
from tests.backends.graphs import one_node
from tests.reference.picker import RandomPicker
from tests.reference.test_differential import cases


def powers_of_two(graph: Graph) -> Graph:
    for name, tensor in graph.tensors.items():
        if tensor.quantization is not None:
            scale = np.exp2(np.round(np.log2(tensor.quantization.scale))).astype(np.float32)
            q = Quantization(scale, tensor.quantization.zero_point, tensor.quantization.axis)
            graph.tensors[name] = tensor.with_(quantization=q)
    return graph


@pytest.mark.parametrize("operator", ["add", "mul", "sub", "relu", "conv_2d"])
def test_ties(operator: str) -> None:
    ran = 0
    for seed in range(40):
        graph = powers_of_two(cases(operator).case(RandomPicker([zlib.crc32(operator.encode()), seed])))
        try:
            Simulator(graph, "onnxruntime")
        except UnsupportedError:
            continue
        found = verify(graph, "onnxruntime", samples=4, seed=seed)
        assert found.exact, f"seed {seed}: {found.first_difference}"
        ran += 1
    assert ran > 20


@pytest.mark.parametrize("scales", [(0.05, 0.03, 0.06), (0.013, 0.5, 0.25), (0.9, 0.002, 0.011)])
def test_all_65536_pairs_of_an_addition(scales: tuple[float, float, float]) -> None:
    shape = (1, 256, 256)
    graph = one_node(Add(), [shape, shape])
    for name, scale, zero in zip(("x0", "x1", "y0"), scales, (3, -128, 20), strict=True):
        graph.tensors[name] = graph.tensors[name].with_(quantization=Quantization.per_tensor(scale, zero))
    first = np.broadcast_to(np.arange(-128, 128, dtype=np.int8)[:, None], shape).copy()
    found = verify(graph, "onnxruntime", {"x0": first, "x1": first.swapaxes(1, 2).copy()})
    assert found.exact and found.layers[0].values == 65536


def test_a_whole_network(shared: Path) -> None:
    graph = frontend.load(shared / "models" / "mlperf_tiny" / "ad01_int8.tflite")
    assert verify(graph, "onnxruntime", samples=8).exact


def test_what_is_not_predicted_is_refused_by_name(shared: Path) -> None:
    graph = frontend.load(shared / "models" / "mlperf_tiny" / "ic_resnet8_int8.tflite")
    with pytest.raises(UnsupportedError, match=r"average_pool_2d.*is not predicted: its float32 sums"):
        Simulator(graph, "onnxruntime")
