"""Convolution that reads windows where they lie or in padded bands gives the simulator's integers: on the host by C
twins, and on emulated cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

HALVES, PLANE = "conv_2d_halves_dsp", "conv_2d_plane_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
STRIDES = ((1, 1), (2, 2), (1, 2), (2, 1), (3, 1))
PADDINGS: tuple[Padding, ...] = ("same", "same", "valid")
SHAPES = (  # kernel, inputs: with 3 rows of whole words, of rests of each kind, of 6 and 9 taps; with other rows
    ((3, 3), 3), ((3, 3), 2), ((3, 3), 4), ((3, 3), 5), ((3, 3), 7), ((3, 5), 2), ((3, 1), 9), ((3, 1), 6), ((3, 4), 1),
    ((1, 1), 4), ((1, 1), 10), ((5, 5), 1), ((2, 2), 3), ((1, 9), 1), ((4, 4), 2), ((3, 3), 12), ((10, 4), 1),
)  # fmt: skip


def bands(graph: Graph, kernel: str) -> dict[int, Call]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return {k: c for k, c in enumerate(found) if not isinstance(c, Alias) and c.kernel == kernel}


def drawn() -> Iterator[tuple[str, Graph, str]]:
    """Sizes from one pixel on, odd and even; strides, dilated rows, bands of two lines and more, odd channels."""
    rng = np.random.default_rng(53)
    for i, (kernel, in_c) in enumerate(SHAPES * 3):
        op = Conv2D(STRIDES[i % 5], dilation=(1 + i % 4 // 3, 1), padding=PADDINGS[i % 3],
                    activation=("none", "relu")[i // 2 % 2])  # fmt: skip
        least = [
            (side - 1) * step + 1 if op.padding == "valid" else 1
            for side, step in zip(kernel, op.dilation, strict=True)
        ]
        size = [max(n, int(rng.integers(1, 14))) for n in least]
        out_c = (1, 2, 3, 4, 5, 8, 9)[i % 7]
        shape = (1 + i % 2, *size, in_c)
        yield f"halves_{i}", layer_graph("conv_2d", shape, out_c, kernel, 1, SCALES[i % 5], rng, op), HALVES
    for i, size in enumerate([(37, 30), (9, 300), (2, 2), (1, 1)]):  # of the first ones not all lines fit a band
        yield f"halves_sized_{i}", layer_graph("conv_2d", (1, *size, 3), 4, (3, 3), 1, SCALES[i], rng), HALVES
    sizes = [(1, 1), (2, 3), (5, 4), (7, 7), (4, 16), (3, 17), (90, 60), (3, 3), (1, 9), (33, 2)]
    for i, size in enumerate(sizes * 2):
        padding: Padding = "valid" if i % 3 == 2 and min(size) > 2 else "same"
        op = Conv2D(STRIDES[i % 5] if i > 9 else (1, 1), padding=padding, activation=("none", "relu")[i % 2])
        shape, out_c = (1 + i % 2, *size, 1), (1, 8, 3, 5, 16, 9, 2, 7, 11, 4)[(i + i // 10) % 10]
        yield f"plane_{i}", layer_graph("conv_2d", shape, out_c, (3, 3), 1, SCALES[i % 5], rng, op), PLANE


DRAWN = list(drawn())
CASES = [
    Case(f"{name}_{k}", graph, i, 2, proof.GUARD, candidate=k)
    for i, (name, graph, kernel) in enumerate(DRAWN)
    for k in bands(graph, kernel)
]


def test_cases_of_every_kind() -> None:
    assert len(CASES) >= 0.85 * len(DRAWN)  # channels without a sequence have none
    calls = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    fields = [{k: v for k, v in call.fields.items() if isinstance(v, int)} for call in calls if isinstance(call, Call)]
    planes = [f for f in fields if f["groups"] == 0]
    assert {f["out_c"] % 8 for f in planes} >= {0, 1, 3, 5} and any(f["lines"] < f["out_h"] for f in planes)
    assert {(f["out_h"] % 2, f["out_w"] % 2) for f in planes} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    fields = [f for f in fields if f["groups"] > 0]
    assert min(Counter(f["copied"] for f in fields).values()) >= 5
    assert min(Counter(f["out_c"] % 2 for f in fields).values()) >= 15
    assert {f["kernel_row"] for f in fields if f["kernel_h"] == 3} >= {4, 6, 9, 12, 15}
    assert any(f["lines"] == 2 < f["out_h"] for f in fields) and any(2 < f["lines"] < f["out_h"] for f in fields)
    assert {f["groups"] for f in fields} >= {1, 2, 9} and max(f["groups"] for f in fields) > 17  # turns of 8


@pytest.mark.parametrize(("in_c", "out_c", "dilation", "taken"), [
    (16, 28, (1, 1), True), (16, 29, (1, 1), False), (1, 4, (1, 1), False), (4, 4, (2, 1), True), (4, 4, (1, 2), False),
])  # fmt: skip
def test_other_layers_take_other_forms(in_c: int, out_c: int, dilation: tuple[int, int], taken: bool) -> None:
    op = Conv2D(dilation=dilation)
    graph = layer_graph("conv_2d", (1, 7, 7, in_c), out_c, (3, 3), 1, SCALES[0], np.random.default_rng(0), op)
    assert bool(bands(graph, HALVES)) == taken
