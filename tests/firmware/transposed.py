"""Random transposed convolutions for the proofs of their kernels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgekit.graph import Graph
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.transpose_conv import TransposeConv
from tests.firmware.shapes import layer_graph

SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
ACTIVATIONS: tuple[Activation, ...] = ("none", "relu", "relu6")
WINDOWS = ((2, 2, 2, 2), (3, 3, 2, 2), (4, 4, 2, 2), (5, 5, 2, 2), (3, 3, 1, 1), (3, 4, 3, 2), (2, 6, 1, 2),
           (7, 3, 2, 3), (4, 4, 4, 4), (1, 2, 1, 2), (2, 3, 1, 3))  # fmt: skip
SIDES = ((1, 1), (1, 4), (5, 1), (4, 4), (3, 7), (6, 5), (2, 12))
INPUTS, OUTPUTS = (1, 2, 4, 5, 8, 12, 16, 20, 24, 33, 48), (1, 2, 3, 4, 6, 7, 8, 12, 16, 17)


def transposed(
    shape: tuple[int, int, int, int], out_c: int, kernel: tuple[int, int], stride: tuple[int, int],
    size: tuple[int, int], rng: np.random.Generator, scale: tuple[float, float] = SCALES[1],
    padding: Padding = "same", activation: Activation = "none", bias: bool = True,
) -> Graph:  # fmt: skip
    """x -> y by one transposed convolution, as `layer_graph`; without its bias if asked for."""
    op = TransposeConv(size, stride, padding, activation)
    graph = layer_graph("conv_2d", shape, out_c, kernel, 1, scale, rng, op)
    if not bias:
        node = graph.nodes[0]
        graph.nodes[0] = type(node)(node.op, node.inputs[:2], node.outputs)
        del graph.tensors["b"]
    return graph


def drawn(count: int) -> Iterator[Graph]:
    """Every output size that there is for an input, with and without padding, some of two pictures."""
    rng = np.random.default_rng(11)
    for i in range(count):
        *kernel, down, across = WINDOWS[i % len(WINDOWS)]
        sides, stride = SIDES[i % len(SIDES)], (down, across)
        padding: Padding = "valid" if i % 3 == 2 else "same"
        room = [s - 1 if padding == "same" else k - 1 for s, k in zip(stride, kernel, strict=True)]
        least = [
            (n - 1) * s + 1 + (k - 1) * (padding == "valid") for n, s, k in zip(sides, stride, kernel, strict=True)
        ]
        more = [int(rng.integers(0, min(s - 1, r) + 1)) for s, r in zip(stride, room, strict=True)]
        size = least[0] + more[0], least[1] + more[1]
        in_c, out_c = INPUTS[int(rng.integers(len(INPUTS)))], OUTPUTS[i % len(OUTPUTS)]
        yield transposed((1 + (i % 5 == 4), *sides, in_c), out_c, (kernel[0], kernel[1]), stride, size, rng,
                         SCALES[i % len(SCALES)], padding, ACTIVATIONS[i // 2 % 3], i % 4 != 3)  # fmt: skip
