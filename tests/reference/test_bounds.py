"""Bounds of fused activations that lie between two integers: every runtime has its own rounding."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from edgekit.graph import Graph, Operator, Quantization, Tensor
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.reference.arithmetic import AWAY, EVEN, EVEN_SUM, activation_range
from edgekit.verification import verify
from tests.reference.picker import RandomPicker
from tests.reference.test_differential import ALL_RUNTIMES, absent_from, cases, refused

FUSED = (
    "add", "average_pool_2d", "conv_2d", "depthwise_conv_2d", "fully_connected", "max_pool_2d", "mul", "sub",
    "transpose_conv",
)  # fmt: skip
SEEDS = 16
LIMITS = {"relu6": 6.0, "relu_n1_to_1": 1.0}


def with_a_tie(operator: str, seed: int) -> Graph:
    """A random case whose activation's bound is, or float32 makes it, half a step between two integers."""
    graph: Graph = cases(operator).case(RandomPicker([zlib.crc32(operator.encode()), seed]))
    (node,), rng = graph.nodes, np.random.default_rng(seed)
    activation = operator if operator in LIMITS else ("relu6", "relu_n1_to_1")[seed % 2]
    if operator in FUSED:
        op: Operator = replace(node.op, activation=activation)  # type: ignore[call-arg]
        graph.nodes = [replace(node, op=op)]
    steps, zero_point = float(rng.choice([0, 1, 2, 4, 6, 7, 20, 40])) + 0.5, int(rng.integers(-60, 60))
    y = graph.tensors[node.outputs[0]]
    scale = np.float32(LIMITS[activation] / steps)
    q, wider = Quantization.per_tensor(float(scale), zero_point), scale / np.float32(y.scale)
    shared = operator in ("average_pool_2d", "max_pool_2d", "relu6")
    for name, tensor in graph.tensors.items():
        old = tensor.quantization
        assert old is not None
        if name == y.name or shared:
            graph.tensors[name] = tensor.with_(quantization=q)
        elif name == node.inputs[0] or tensor.dtype == "int32" or operator in ("add", "mul", "sub"):
            graph.tensors[name] = tensor.with_(quantization=Quantization(old.scale * wider, old.zero_point, old.axis))
    return graph


@pytest.mark.parametrize(("operator", "runtime"), [
    (operator, runtime) for operator in (*FUSED, "relu6", "relu_n1_to_1") for runtime in ALL_RUNTIMES
    if runtime not in absent_from(operator)
])  # fmt: skip
def test_bounds_between_two_integers(operator: str, runtime: str) -> None:
    ran = 0
    for seed in range(SEEDS):
        graph = with_a_tie(operator, seed)
        if refused(operator, runtime, graph):
            continue
        found = verify(graph, runtime, samples=4, seed=seed)
        assert found.exact, f"{seed}: {found.first_difference}\n{graph.nodes}\n{graph.tensors}"
        ran += 1
    assert ran or (operator, runtime) == ("average_pool_2d", "onnxruntime")


@pytest.mark.parametrize("runtime", ALL_RUNTIMES)
@pytest.mark.parametrize(("window", "stride"), [(1, 1), (2, 2), (2, 3), (1, 2)])
def test_pools_that_xnnpack_takes_and_leaves(window: int, stride: int, runtime: str) -> None:
    op = MaxPool2D((window, 3), (stride, 1), "valid", "relu6")
    for zero_point in (0, 1):
        q = Quantization.per_tensor(float(np.float32(6 / 2.5)), zero_point)
        graph = cases("max_pool_2d").case(RandomPicker(0))
        (node,) = graph.nodes
        x = Tensor(graph.inputs[0], (1, 6, 7, 2), "int8", q)
        graph.nodes = [replace(node, op=op)]
        graph.tensors = {t.name: t for t in (x, Tensor(node.outputs[0], op.infer([x])[0], "int8", q))}
        assert verify(graph, runtime, samples=4).exact, zero_point


def test_the_three_roundings() -> None:
    """6 / 2.4 is 2.5: up, to 2, and to the even one of z + 2 and z + 3."""
    scale = float(np.float32(2.4))
    found = {t: [activation_range("relu6", scale, z, ties=t)[1] - z for z in (0, 1)] for t in (AWAY, EVEN, EVEN_SUM)}
    assert found == {AWAY: [3, 3], EVEN: [2, 2], EVEN_SUM: [2, 3]}
