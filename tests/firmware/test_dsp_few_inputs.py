"""Kernels of 1x1 convolutions of few inputs give the simulator's integers: on the host by C twins, and on emulated
cores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp import conv_2d_table
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

TABLE = conv_2d_table.FILE
SCALES = ((1e-3, 0.05), (1.0, 60.0), (1.0, 150.0), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
SIDES = ((1, 1, 1), (1, 2, 3), (1, 3, 8), (2, 3, 3), (1, 1, 17), (3, 5, 7), (1, 6, 13), (2, 3, 32))  # images, sides


def found(graph: Graph) -> dict[str, int]:
    """The candidates' places by the names of their kernels and of their files."""
    calls = list(enumerate(candidates_of(graph, graph.nodes[0], "cortex-m4")))
    return {name: i for i, call in reversed(calls) if isinstance(call, Call) for name in (call.file, call.kernel)}


def drawn() -> Iterator[tuple[str, Graph]]:
    """All functions, turns that begin at each place, weights and data at both ends."""
    rng = np.random.default_rng(83)
    for i, (out_c, (j, side), stride) in enumerate(product((1, 2, 3, 4, 5, 8, 16), enumerate(SIDES), (1, 2))):
        op = Conv2D((stride, stride), activation=("none", "relu6", "none")[i % 3])
        yield TABLE, layer_graph("conv_2d", (*side, 1), out_c, (1, 1), 1, SCALES[(i // 3 + j) % len(SCALES)], rng, op)
    for i, out_c in enumerate((6, 7, 10, 12, 63, 64)):
        op = Conv2D(((1, 1), (2, 3), (3, 1))[i % 3])
        yield TABLE, layer_graph("conv_2d", (1 + i % 2, 4, 7, 1), out_c, (1, 1), 1, SCALES[i % len(SCALES)], rng, op)


DRAWN = list(drawn())
CASES = [
    Case(f"{name}_{i}", graph, i, 2, proof.GUARD, candidate=found(graph)[name]) for i, (name, graph) in enumerate(DRAWN)
]


def test_all_functions_are_proven() -> None:
    kernels = {call.kernel for case in CASES for call in proof.first_forms(case.graph, "cortex-m4", case.candidate)
               if isinstance(call, Call)}  # fmt: skip
    tables = {f"pointwise_table_to_{n}{by}_dsp" for n, by in product(conv_2d_table.CHANNELS, ("", "_by_2"))}
    assert kernels == tables | {TABLE}


@pytest.mark.parametrize(
    ("file", "shape", "out_c", "op"),
    [
        (TABLE, (1, 4, 4, 2), 1, Conv2D()),
        (TABLE, (1, 4, 4, 1), 65, Conv2D()),
        (TABLE, (1, 4, 7, 1), 3, Conv2D((1, 3))),
        (TABLE, (1, 4, 35, 1), 3, Conv2D((2, 2))),  # lines of more than 16
    ],
)
def test_other_layers_take_other_forms(file: str, shape: tuple[int, ...], out_c: int, op: Conv2D) -> None:
    graph = layer_graph("conv_2d", shape, out_c, (1, 1), 1, SCALES[1], np.random.default_rng(0), op)
    assert file not in found(graph)
