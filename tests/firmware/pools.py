"""Random pools for the tests of their kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from tests.firmware.proof import GUARD, Case

KINDS = {"average": AveragePool2D, "max": MaxPool2D}
WINDOWS = ((2, 2), (3, 3), (1, 2), (2, 1), (2, 2), (3, 3), (1, 3), (4, 1), (1, 1), (6, 5), (1, 4))
CHANNELS = (8, 16, 4, 1, 5, 32, 3, 8, 6, 24, 4, 7, 40, 17, 15, 20, 2, 8)
ACTIVATIONS: tuple[Activation, ...] = ("none", "none", "relu", "relu6")
COUNT = 160


def halves_away(sums: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Quotients to nearest, ties away from zero."""
    found: NDArray[np.int64] = np.sign(sums) * ((2 * np.abs(sums) + count) // (2 * count))
    return found


def pool_graph(
    kind: str,
    shape: tuple[int, ...],
    window: tuple[int, int],
    stride: tuple[int, int],
    padding: Padding = "valid",
    activation: Activation = "none",
    zero: int = -5,
) -> Graph:
    op = KINDS[kind](window, stride, padding, activation)
    graph = Graph(kind, inputs=["x"], outputs=["y"], nodes=[Node(op, ("x",), ("y",))])
    q = Quantization.per_tensor(0.06, zero)
    graph.add(Tensor("x", shape, "int8", q))
    (y,) = op.infer([graph.tensors["x"]])
    graph.add(Tensor("y", y, "int8", q))
    graph.validate()
    return graph


def kernels_of(graph: Graph, core: str) -> list[str]:
    """Of the graph's one layer."""
    return [call.kernel for call in candidates_of(graph, graph.nodes[0], core) if isinstance(call, Call)]


def cases(core: str) -> list[Case]:
    """Every form of them: windows small and as large as the image, strides, paddings, both ends of the data, ties."""
    found = []
    for i in range(COUNT):
        rng = np.random.default_rng(i)
        window, channels = WINDOWS[i % len(WINDOWS)], CHANNELS[i // 2 % len(CHANNELS)]
        stride = window if i % 3 == 0 else (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
        padding: Padding = "same" if i % 4 > 1 else "valid"
        least = (1, 1) if padding == "same" else window
        size = tuple(low + int(rng.integers(0, 7)) for low in least)
        if i % 16 == 3:
            window, stride, size = (window[0], 1), (stride[0], 1), (size[0] + 9, 1)
        if i % 16 == 5:
            window = stride = (size[0], size[1])
        shape = (1 + (i % 7 == 0), *size, channels)
        graph = pool_graph(
            ("max", "average")[i // 2 % 2], shape, window, stride, padding, ACTIVATIONS[i % 4], -5 * (i % 3)
        )
        x = rng.integers(-128, 128, (2 * shape[0], *shape[1:])).astype(np.int8)
        if i % 5 == 3:
            x = (x // 32).astype(np.int8)
        x[-1] = np.where(rng.integers(0, 64, x[-1].shape) > 0, (-128, 127)[i % 2], x[-1])
        for k in range(len(kernels_of(graph, core)) - 1 or 1):
            found.append(Case(f"pool_{i}_{k}", graph, i, 2, GUARD, inputs={"x": x}, candidate=k))
    return found
