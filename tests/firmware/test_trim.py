"""Windows without the taps that no output needs: the same integers with less work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware import proof
from tests.firmware.shapes import layer_graph

WINDOWS = [  # size, kernel, stride, dilation, what is left of the kernel
    ((1, 9), (3, 3), 1, 1, (1, 3)),
    ((1, 1), (5, 5), 2, 1, (1, 1)),
    ((2, 2), (7, 5), 1, 1, (3, 3)),
    ((2, 6), (3, 3), 2, 1, (2, 3)),
    ((6, 6), (3, 3), 1, 1, (3, 3)),
    ((3, 5), (3, 3), 1, 4, (1, 3)),
]


def layer(operator: str, i: int) -> Graph:
    size, kernel, stride, dilation, _ = WINDOWS[i]
    op = (Conv2D if operator == "conv_2d" else DepthwiseConv2D)((stride, stride), (dilation, dilation), padding="same")
    return layer_graph(operator, (1 + i % 2, *size, 4), 4, kernel, 1, (1e-3, 0.05), np.random.default_rng(i), op)


CASES = [
    proof.Case(f"{operator}_{i}_{k}", layer(operator, i), i, 2, proof.GUARD, candidate=k)
    for operator in ("conv_2d", "depthwise_conv_2d")
    for i in range(len(WINDOWS))
    for k in (0, 9)
]


@pytest.mark.parametrize("i", range(len(WINDOWS)))
@pytest.mark.parametrize("operator", ["conv_2d", "depthwise_conv_2d"])
def test_taps_that_are_left(operator: str, i: int) -> None:
    graph = layer(operator, i)
    call = candidates_of(graph, graph.nodes[0], "portable")[-1]
    assert isinstance(call, Call)
    assert (call.fields["kernel_h"], call.fields["kernel_w"]) == WINDOWS[i][-1]
    weights = call.fields["weights"]
    assert isinstance(weights, np.ndarray)
    assert weights.shape[1:3] == WINDOWS[i][-1]


@pytest.mark.usefixtures("host_as_m4")
def test_host(tmp_path: Path) -> None:
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m55"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES, target, tmp_path)
