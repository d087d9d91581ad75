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
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor
from edgekit.reference import Simulator, onnx_places
from edgekit.reference.ops.resize_nearest_neighbor import nearest
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


@pytest.mark.parametrize("operator", ["add", "average_pool_2d", "mul", "sub", "relu", "conv_2d"])
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
    assert ran > 12


@pytest.mark.parametrize("scales", [(0.05, 0.03, 0.06), (0.013, 0.5, 0.25), (0.9, 0.002, 0.011)])
def test_all_65536_pairs_of_an_addition(scales: tuple[float, float, float]) -> None:
    shape = (1, 256, 256)
    graph = one_node(Add(), [shape, shape])
    for name, scale, zero in zip(("x0", "x1", "y0"), scales, (3, -128, 20), strict=True):
        graph.tensors[name] = graph.tensors[name].with_(quantization=Quantization.per_tensor(scale, zero))
    first = np.broadcast_to(np.arange(-128, 128, dtype=np.int8)[:, None], shape).copy()
    found = verify(graph, "onnxruntime", {"x0": first, "x1": first.swapaxes(1, 2).copy()})
    assert found.exact and found.layers[0].values == 65536


@pytest.mark.parametrize("window", [(2, 2), (6, 6), (2, 5), (8, 8), (25, 5)])
@pytest.mark.parametrize("whole", [True, False])
def test_average_pools_of_all_sizes(window: tuple[int, int], whole: bool) -> None:
    """A window that is the image is another kernel than one that is not."""
    rng = np.random.default_rng([*window, whole])
    for _ in range(6):
        shape = (1, window[0] * (1 if whole else 5), window[1], 64)
        graph = one_node(AveragePool2D(window, window, "valid"), [shape])
        q = Quantization.per_tensor(float(rng.uniform(0.001, 0.3)), int(rng.integers(-128, 128)))
        graph.tensors |= {name: graph.tensors[name].with_(quantization=q) for name in ("x0", "y0")}
        assert verify(graph, "onnxruntime", {"x0": rng.integers(-128, 128, (4, *shape[1:])).astype(np.int8)}).exact


RESIZES = {"asymmetric": (False, False), "corners": (True, False), "half pixels": (False, True)}


@pytest.mark.parametrize("mode", RESIZES)
def test_nearest_pixels_of_all_sizes(mode: str) -> None:
    """Heights at which the places of the other runtimes differ are among them, and ties that came out below a half."""
    refused, apart = 0, 0
    for size in (2, 7, 8, 14, 20, 27, 36, 41):
        for wanted in range(1, 49):
            op = ResizeNearestNeighbor((wanted, 1), *RESIZES[mode])
            graph = one_node(op, [(1, size, 1, 1)])
            rows = np.arange(size, dtype=np.int8).reshape(1, size, 1, 1)
            apart += not np.array_equal(nearest(op, size, wanted), onnx_places.nearest(op, size, wanted))
            if onnx_places.depends_on_release(op, size, wanted):
                refused += 1
                with pytest.raises(UnsupportedError, match="its releases take different ones"):
                    Simulator(graph, "onnxruntime")
            else:
                assert verify(graph, "onnxruntime", {"x0": rows}).exact, (size, wanted)
    assert apart > 2 and refused == (3 if mode == "half pixels" else 0)


@pytest.mark.parametrize("name", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_whole_networks(name: str, shared: Path) -> None:
    graph = frontend.load(shared / "models" / "mlperf_tiny" / f"{name}_int8.tflite")
    assert verify(graph, "onnxruntime", samples=8).exact


def test_what_is_not_predicted_is_refused_by_name() -> None:
    for op, said in (
        (Mean((1, 2)), "mean.*is not predicted: its float32 sums"),
        (AveragePool2D((2, 2), (2, 2), "valid", "relu"), "average_pool_2d.*is not predicted: its activation"),
    ):
        with pytest.raises(UnsupportedError, match=said):
            Simulator(one_node(op, [(1, 4, 4, 2)]), "onnxruntime")
