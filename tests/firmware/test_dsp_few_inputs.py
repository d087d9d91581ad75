"""Kernels of 1x1 convolutions of few inputs give the simulator's integers: on the host by C twins, and on emulated
cores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.forms.dsp import conv_2d_few_to_1, conv_2d_table
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.shapes import layer_graph

TABLE, TO_1 = (module.FILE for module in (conv_2d_table, conv_2d_few_to_1))
SCALES = ((1e-3, 0.05), (1.0, 60.0), (1.0, 150.0), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
EXACT = ((1.0, 60.0), (1e-3, 0.05), (1.0, 150.0), (1e-7, 1.0))  # where a word of two outputs is
SIDES = ((1, 1, 1), (1, 2, 3), (1, 3, 8), (2, 3, 3), (1, 1, 17), (3, 5, 7), (1, 6, 13), (2, 3, 32))  # images, sides


def drawn() -> Iterator[tuple[str, Graph]]:
    """All functions, turns that begin at each place, weights and data at both ends."""
    rng = np.random.default_rng(83)
    for i, (out_c, (j, side), stride) in enumerate(product((1, 2, 3, 4, 5, 8, 16), enumerate(SIDES), (1, 2))):
        op = Conv2D((stride, stride), activation=("none", "relu6", "none")[i % 3])
        yield TABLE, layer_graph("conv_2d", (*side, 1), out_c, (1, 1), 1, SCALES[(i // 3 + j) % len(SCALES)], rng, op)
    for i, out_c in enumerate(conv_2d_table.CHANNELS):
        graph = layer_graph(
            "conv_2d", (1, 1, 3 * i + 7, 1), out_c, (1, 1), 1, SCALES[i % len(SCALES)], rng, Conv2D((1, 3))
        )
        yield f"pointwise_table_to_{out_c}_apart_dsp", graph
        graph = layer_graph("conv_2d", (4 + i, 2, 2, 1), out_c, (1, 1), 1, SCALES[i % len(SCALES)], rng, Conv2D((2, 2)))
        yield f"pointwise_table_to_{out_c}_apart_dsp", graph
    for i, out_c in enumerate((6, 7, 10, 12, 63, 64)):
        op = Conv2D(((1, 1), (2, 3), (3, 1))[i % 3])
        yield TABLE, layer_graph("conv_2d", (1 + i % 2, 4, 7, 1), out_c, (1, 1), 1, SCALES[i % len(SCALES)], rng, op)
    for i, (inputs, (j, side), stride) in enumerate(product(conv_2d_few_to_1.PLACES, enumerate(SIDES), (1, 2))):
        op, scale = Conv2D((stride, stride)), SCALES[(i + j) % len(SCALES)]
        yield TO_1, layer_graph("conv_2d", (*side, inputs), 1, (1, 1), 1, scale, rng, op)
    for i, (inputs, count) in enumerate(product(conv_2d_few_to_1.PLACES, (4, 5, 6, 7, 8, 11, 13, 16))):
        graph = layer_graph("conv_2d", (1, count, 4, inputs), 1, (1, 1), 1, EXACT[i % len(EXACT)], rng)
        width = layer_graph("conv_2d", (1, 1, count, inputs), 1, (1, 1), 1, EXACT[i % len(EXACT)], rng)
        yield f"pointwise_{inputs}_to_1_fours_dsp", graph
        yield f"pointwise_{inputs}_to_1{'_fours' * (count * inputs % 4 == 0)}_dsp", width


DRAWN = list(drawn())
CASES = cases_of(DRAWN)


def test_all_functions_are_proven() -> None:
    kernels = kernels_of(CASES)
    tables = {f"pointwise_table_to_{n}{by}_dsp" for n, by in product(conv_2d_table.CHANNELS, ("", "_by_2", "_apart"))}
    to_1 = {f"pointwise_{n}_to_1{of}_dsp" for n, of in product(conv_2d_few_to_1.PLACES, ("", "_fours", "_by_2"))}
    assert kernels == tables | {TABLE} | to_1


@pytest.mark.parametrize(
    ("file", "shape", "out_c", "op"),
    [
        (TABLE, (1, 4, 4, 2), 1, Conv2D()),
        (TABLE, (1, 4, 4, 1), 65, Conv2D()),
        (TABLE, (1, 4, 7, 1), 3, Conv2D((1, 3))),
        (TABLE, (1, 4, 35, 1), 3, Conv2D((2, 2))),  # lines of more than 16
        (TO_1, (1, 4, 4, 4), 1, Conv2D()),
        (TO_1, (1, 4, 4, 3), 2, Conv2D()),
        (TO_1, (1, 4, 7, 3), 1, Conv2D((1, 3))),
        (TO_1, (1, 4, 4, 3), 1, Conv2D(activation="relu6")),
        ("pointwise_3_to_1_fours_dsp", (1, 4, 5, 3), 1, Conv2D()),  # rows that do not begin with a word
        ("pointwise_3_to_1_fours_dsp", (1, 1, 3, 3), 1, Conv2D()),
    ],
)
def test_other_layers_take_other_forms(file: str, shape: tuple[int, ...], out_c: int, op: Conv2D) -> None:
    graph = layer_graph("conv_2d", shape, out_c, (1, 1), 1, SCALES[1], np.random.default_rng(0), op)
    assert file not in found(graph)
