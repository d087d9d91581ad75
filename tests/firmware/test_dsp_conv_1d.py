"""Convolutions along one axis whose windows are pixels that share inputs give the simulator's integers: on the host by C
twins, and on emulated cores; and which layers they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgekit.backends.c.forms.dsp import conv_2d_along_lines
from edgekit.graph import Graph
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.shapes import layer_graph
from tests.firmware.test_dsp_relu import rectified

FILE, PACKED = conv_2d_along_lines.FILE, conv_2d_along_lines.PACKED
SCALES = ((1e-3, 0.05), (1.0, 60.0), (1.0, 2500.0))
WIDTHS = (4, 6, 8, 10, 12, 14, 16)
# Taps and channels: 2 to 16 inputs.
TAPS = ((2, 1), (3, 1), (4, 1), (2, 2), (5, 1), (3, 2), (7, 1), (4, 2), (9, 1), (3, 3), (5, 2), (11, 1), (3, 4), (13, 1), (7, 2),
        (3, 5), (15, 1), (4, 4))  # fmt: skip


def _layer(
    shape: tuple[int, ...], taps: tuple[int, int], out_c: int, i: int = 0, stride: int = 1, padding: Padding = "same",
    activation: Activation = "none", dilation: int = 1,
) -> Graph:  # fmt: skip
    rng = np.random.default_rng(i)
    op = Conv2D((stride, stride), dilation=(dilation, dilation), padding=padding, activation=activation)
    graph = layer_graph("conv_2d", shape, out_c, taps, 1, SCALES[i % 3], rng, op)
    return rectified(graph) if activation != "none" else graph


def kernels(graph: Graph) -> set[str]:
    return {name for name in found(graph) if name.startswith("conv_1d_")} - {FILE, PACKED, conv_2d_along_lines.FIVE}


def drawn() -> Iterator[tuple[str, Graph]]:
    """Lines, columns and whole widths; of one image and several, in one run and in several, and in segments."""
    for i, (taps, in_c) in enumerate(TAPS * 2):
        activation: Activation = ("none", "relu", "relu6")[i % 3]
        count, stride = (4, 8, 3, 16, 12, 9, 24)[i % 7], 1 + i % 5 // 2
        images, across = 1 + (i % 4 == 3), 1 + i * 7 % 23
        if i % 3 == 2:
            width = next(n for n in (3, 2, 1) if in_c % n == 0 and taps * in_c <= 16)
            shape, window = (images, taps + across, width, in_c // width), (taps, width)
        else:
            shape, window = (images, (1, 3, 40)[i % 3], taps + across, in_c), (1, taps)
        graph = _layer(shape, window, count, i, stride, "same", activation)
        yield from ((kernel, graph) for kernel in sorted(kernels(graph)))


DRAWN = list(drawn())
CASES = cases_of(DRAWN)


def test_x() -> None:
    assert 0, (len(CASES), kernels_of(CASES))
