"""1x1 convolutions of few weights give the simulator's integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.forms.dsp import conv_2d_pointwise_halves
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.shapes import layer_graph

KERNEL, RELU = "pointwise_halves_dsp", "pointwise_halves_relu_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
SIDES = ((1, 1, 1), (1, 5, 3), (2, 4, 6), (1, 1, 8), (1, 7, 1))  # images, sides
STRIDES = ((1, 1), (2, 2), (1, 2), (3, 1))


def drawn() -> Iterator[tuple[str, Graph]]:
    """Turns that begin at each of their places, odd channels and pixels, lines apart, weights and data at both ends."""
    rng = np.random.default_rng(97)
    for i, (words, out_c) in enumerate(product((1, 2, 3, 5, 8, 9, 10, 17), (1, 2, 3, 4, 7, 8))):
        op = Conv2D(STRIDES[i % 4], activation=("none", "relu", "relu6")[i % 3])
        side = SIDES[(i + i // 6) % 5]
        graph = layer_graph("conv_2d", (*side, 4 * words), out_c, (1, 1), 1, SCALES[i // 2 % 5], rng, op)
        kernels = found(graph)
        yield from ((kernel, graph) for kernel in (KERNEL, RELU) if kernel in kernels)


CASES = cases_of(drawn())


def test_all_functions_are_proven() -> None:
    assert kernels_of(CASES) == {KERNEL, RELU}
    assert sum(case.name.startswith(RELU) for case in CASES) >= 8


@pytest.mark.parametrize(
    ("shape", "out_c", "kernel", "op"),
    [
        ((1, 4, 4, 6), 4, (1, 1), Conv2D()),  # no whole words
        ((1, 4, 4, 64), 65, (1, 1), Conv2D()),  # more than few weights
        ((1, 4, 4, 4), 4, (1, 2), Conv2D()),
        ((2, 5, 5, 4), 4, (1, 1), Conv2D((2, 2))),  # images that are no lines at equal distances
    ],
)
def test_refused(shape: tuple[int, ...], out_c: int, kernel: tuple[int, int], op: Conv2D) -> None:
    graph = layer_graph("conv_2d", shape, out_c, kernel, 1, SCALES[1], np.random.default_rng(1), op)
    assert conv_2d_pointwise_halves.FILE not in found(graph)
    smaller = layer_graph("conv_2d", (1, 4, 4, 4), 4, (1, 1), 1, SCALES[1], np.random.default_rng(1))
    assert conv_2d_pointwise_halves.FILE in found(smaller)
