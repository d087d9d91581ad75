"""Kernels of small 1x1 layers in steps of two, and of several samples, give the simulator's integers: on the host by C
twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.forms.dsp import (
    _one_fours,
    _packed_four,
    _packed_ten,
    conv_2d_one_rows,
    conv_2d_packed,
    conv_2d_packed_three,
    conv_2d_rows,
    fully_connected_four,
    fully_connected_one_four,
    fully_connected_packed,
    fully_connected_two,
    fully_connected_two_four,
)
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.shapes import layer_graph

IMAGES, SEVENS = "pointwise_images_dsp", conv_2d_one_rows.SEVENS
PACKED, SINGLE, FOURS = (m.FILE for m in (conv_2d_packed, fully_connected_packed, _one_fours))
PACKED_FOUR, PACKED_TEN, PACKED_THREE = (m.FILE for m in (_packed_four, _packed_ten, conv_2d_packed_three))
ROWS, ONE, TWO, FOUR = (m.FILE for m in (conv_2d_rows, conv_2d_one_rows, fully_connected_two, fully_connected_four))
ONE_FOUR, TWO_FOUR = (m.FILE for m in (fully_connected_one_four, fully_connected_two_four))
ACROSS = (*((n, 1) for n in fully_connected_one_four.WORDS), *((n, 2) for n in fully_connected_two_four.WORDS))
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
BY_TWO = Conv2D((2, 2))
EXACT = ((1e-3, 0.05), (1.0, 60.0), (1.0, 150.0), (1e-7, 1.0))  # where a word of two outputs is


def drawn() -> Iterator[tuple[str, Graph]]:
    """Shapes that the kernels are for, by the kernel's name, with weights and data at both ends."""
    rng = np.random.default_rng(71)
    turn = 0

    def layer(operator: str, shape: tuple[int, ...], out_c: int, op: Conv2D | None = None) -> Graph:
        nonlocal turn
        turn += 1
        return layer_graph(operator, shape, out_c, (1, 1), 1, SCALES[turn % len(SCALES)], rng, op)

    for out_c, (height, width) in product((3, 4), ((1, 13), (4, 14), (7, 15), (2, 16))):
        stride = Conv2D((1 + height % 3, 2))
        yield ROWS, layer("conv_2d", (1, height, width, 8), out_c, stride)
    yield ROWS, layer("conv_2d", (2, 4, 14, 8), 3, BY_TWO)  # images whose rows are as far apart
    for i, (inputs, width) in enumerate(product((16, 24, 32), (7, 8, 13, 14, 15, 20, 21, 27))):
        graph = layer("conv_2d", (1, 1 + i % 5, width, inputs), 1, Conv2D((1 + i % 2, 2)))
        yield SEVENS if width in (13, 14) else ONE, graph
    for inputs, height, width in product((4, 8), (1, 2, 5), (13, 14)):
        yield SEVENS, layer("conv_2d", (1, height, width, inputs), 1, Conv2D((2 - width % 2, 2)))
    for inputs, samples in product((4, 8, 16, 20, 32), (2, 4, 6)):
        yield TWO, layer("fully_connected", (samples, inputs), 2)
    for inputs, out_c in fully_connected_four.SHAPES * 5:
        yield FOUR, layer("fully_connected", (4, inputs), out_c)
    for inputs in (2, 4, 6, 7, 8, 10, 12, 13, 16):
        yield IMAGES, layer("conv_2d", (2 + inputs % 3, 3, 3, inputs), 1 + inputs % 9, BY_TWO)
    for inputs, (i, scale) in product(_one_fours.INPUTS, enumerate(EXACT)):
        if i % 2 == 0:
            graph = layer_graph("conv_2d", (1 + i // 2, 1 + i, 4, inputs), 1, (1, 1), 1, scale, rng)
        else:
            graph = layer_graph("fully_connected", (4 * i, inputs), 1, (1, 1), 1, scale, rng)
        yield FOURS, zeroed(graph, -7 * i, (127, 5, -128, 0)[(i + inputs // 8) % 4])
    for rows in (2, 4, 5, 9):  # turns that begin elsewhere
        yield FOURS, layer_graph("conv_2d", (1, rows, 4, 8), 1, (1, 1), 1, EXACT[rows % 2], rng)
    for (inputs, out_c), (i, scale) in product(ACROSS, enumerate(EXACT)):
        graph = layer_graph("fully_connected", (4, inputs), out_c, (1, 1), 1, scale, rng)
        yield ONE_FOUR if out_c == 1 else TWO_FOUR, zeroed(graph, -9 * i, (127, 5, -128, 0)[(i + inputs) % 4])
    for out_c, (i, scale) in product((*conv_2d_packed.CHANNELS, 0), enumerate(EXACT)):
        zeros = ((-128, 127), (127, -127), (5, 126), (-3, 0), (0, -128))[(i + out_c // 4) % 5]  # of input and output
        if out_c == 0:
            graph = layer_graph("fully_connected", (1, 10), 4, (1, 1), 1, scale, rng)
        else:
            op = (Conv2D(), BY_TWO, Conv2D((2, 1)), Conv2D((1, 2)))[(i + out_c // 8) % len(EXACT)]
            shape = (1 + (op == Conv2D()), 2 + i, 2 + 3 * i, 5)
            graph = layer_graph("conv_2d", shape, out_c, (1, 1), 1, scale, rng, op)
        yield SINGLE if out_c == 0 else PACKED, zeroed(graph, *zeros)
    shapes = ((2, 2, 3, 4), (1, 3, 3, 4), (3, 5, 5, 4), (7, 4), (4, 4))  # images with gaps; samples
    functions = [(n, count) for n, some in _packed_four.CHANNELS.items() for count in some]
    for (i, (inputs, out_c)), (j, given) in product(enumerate(functions), enumerate(shapes)):
        scale, shape = EXACT[(i + j) % len(EXACT)], (*given[:-1], inputs)
        if len(shape) == 2:
            graph = layer_graph("fully_connected", shape, out_c, (1, 1), 1, scale, rng)
        else:
            graph = layer_graph("conv_2d", shape, out_c, (1, 1), 1, scale, rng, BY_TWO if j else None)
        yield PACKED_FOUR, zeroed(graph, (-128, 127, 5)[(i + j) % 3], (127, 5, -128, 0)[(i + j) % 4])
    for i, shape in enumerate(((2, 4), (7, 4), (1, 2, 3, 4), (1, 5, 5, 4), (1, 3, 8, 4), (1, 6, 13, 4))):
        if len(shape) == 2:
            graph = layer_graph("fully_connected", shape, 10, (1, 1), 1, EXACT[i % len(EXACT)], rng)
        else:
            op = BY_TWO if i > 2 else None
            graph = layer_graph("conv_2d", shape, 10, (1, 1), 1, EXACT[i % len(EXACT)], rng, op)
        yield PACKED_TEN, zeroed(graph, (-128, 127, 5)[i % 3], (127, 5, -128, 0)[i % 4])
    sizes = ((2, 2), (1, 5), (2, 3), (1, 7), (3, 8), (5, 9), (4, 12), (6, 13))
    for inputs, (i, (height, width)) in product(conv_2d_packed_three.PLACES, enumerate(sizes)):
        op = BY_TWO if i > 3 else None
        graph = layer_graph("conv_2d", (1, height, width, inputs), 3, (1, 1), 1, EXACT[i % len(EXACT)], rng, op)
        yield PACKED_THREE, zeroed(graph, (-128, 127, 5)[i % 3], (127, 5, -128, 0)[i % 4])


def zeroed(graph: Graph, x: int, y: int) -> Graph:
    """The same with these zero points."""
    for name, zero in (("x", x), ("y", y)):
        tensor = graph.tensors[name]
        graph.tensors[name] = replace(tensor, quantization=Quantization.per_tensor(float(tensor.scale), zero))
    return graph


DRAWN = list(drawn())
CASES = cases_of(DRAWN)


def test_all_functions_are_proven() -> None:
    kernels = kernels_of(CASES)
    rows = {f"pointwise_rows_8_to_{n}_by_{w}_dsp" for n, w in product(conv_2d_rows.CHANNELS, conv_2d_rows.PIXELS)}
    one = {f"pointwise_one_rows_{n}_dsp" for n in conv_2d_one_rows.INPUTS}
    one |= {f"pointwise_one_sevens_{n}_dsp" for n in conv_2d_one_rows.OF_SEVENS}
    four = {f"fully_connected_{i}_to_{n}_four_dsp" for i, n in fully_connected_four.SHAPES}
    steps = conv_2d_packed.STEPS.values()
    packed = {f"pointwise_packed_5_to_{n}{step}_dsp" for n, step in product(conv_2d_packed.CHANNELS, steps)}
    packed |= {f"pointwise_packed_{i}_to_{n}_dsp" for i, some in _packed_four.CHANNELS.items() for n in some}
    packed |= {f"pointwise_packed_4_to_{n}_pairs_dsp" for n in _packed_four.PAIRS}
    three = product(conv_2d_packed_three.PLACES, conv_2d_packed_three.STEPS.values())
    packed |= {f"pointwise_packed_{n}_to_3{step}_dsp" for n, step in three}
    packed |= {f"pointwise_packed_4_to_10{step}_dsp" for step in _packed_ten.STEPS.values()}
    fours = {f"pointwise_one_fours_{n}_dsp" for n in _one_fours.INPUTS}
    four |= {f"fully_connected_{i}_to_{n}_four_dsp" for i, n in ACROSS}
    assert kernels == rows | one | four | packed | fours | {TWO, IMAGES, "fully_connected_packed_10_to_4_dsp"}


@pytest.mark.parametrize(
    ("file", "operator", "shape", "out_c", "op"),
    [
        (ROWS, "conv_2d", (1, 4, 13, 8), 2, BY_TWO),
        (PACKED_FOUR, "conv_2d", (1, 4, 4, 4), 20, Conv2D()),
        (PACKED_FOUR, "conv_2d", (1, 4, 4, 5), 8, Conv2D()),
        (PACKED_FOUR, "conv_2d", (1, 4, 4, 4), 10, Conv2D()),
        (PACKED_TEN, "conv_2d", (1, 4, 4, 2), 10, BY_TWO),
        (PACKED_FOUR, "conv_2d", (1, 4, 4, 4), 8, Conv2D(activation="relu6")),
        (PACKED_TEN, "conv_2d", (1, 4, 4, 4), 12, Conv2D()),
        (PACKED_TEN, "conv_2d", (1, 4, 4, 5), 10, Conv2D()),
        (PACKED_TEN, "conv_2d", (2, 5, 4, 4), 10, BY_TWO),  # images with gaps
        (PACKED_TEN, "conv_2d", (1, 4, 4, 4), 10, Conv2D((2, 1))),
        (PACKED_TEN, "conv_2d", (1, 1, 1, 4), 10, Conv2D()),
        (PACKED_TEN, "conv_2d", (1, 4, 7, 4), 10, Conv2D((1, 3))),
        (PACKED_TEN, "conv_2d", (1, 4, 4, 4), 10, Conv2D(activation="relu6")),
        (PACKED_THREE, "conv_2d", (1, 4, 4, 6), 3, Conv2D()),
        (PACKED_THREE, "conv_2d", (1, 4, 4, 5), 4, Conv2D()),
        (PACKED_THREE, "conv_2d", (2, 7, 8, 5), 3, BY_TWO),  # images with gaps
        (PACKED_THREE, "conv_2d", (1, 1, 3, 5), 3, Conv2D()),
        (PACKED_THREE, "conv_2d", (1, 4, 12, 5), 3, Conv2D((1, 3))),
        (PACKED_THREE, "conv_2d", (1, 4, 4, 5), 3, Conv2D(activation="relu6")),
        (ROWS, "conv_2d", (1, 4, 13, 12), 3, BY_TWO),
        (ROWS, "conv_2d", (1, 4, 12, 8), 3, BY_TWO),
        (ROWS, "conv_2d", (1, 4, 7, 8), 3, Conv2D()),
        (ROWS, "conv_2d", (2, 3, 13, 8), 3, BY_TWO),
        (ROWS, "conv_2d", (1, 4, 13, 8), 3, Conv2D((2, 2), activation="relu6")),
        (ONE, "conv_2d", (1, 4, 13, 16), 1, BY_TWO),  # 7 pixels
        (SEVENS, "conv_2d", (1, 4, 15, 16), 1, BY_TWO),
        (SEVENS, "conv_2d", (1, 4, 7, 16), 1, Conv2D()),
        (SEVENS, "conv_2d", (2, 3, 13, 16), 1, BY_TWO),
        (SEVENS, "conv_2d", (1, 4, 13, 16), 1, Conv2D((2, 2), activation="relu6")),
        (ONE, "conv_2d", (1, 4, 15, 20), 1, BY_TWO),
        (ONE, "conv_2d", (1, 4, 15, 16), 2, BY_TWO),
        (ONE, "conv_2d", (1, 4, 9, 16), 1, BY_TWO),  # 5 pixels
        (ONE, "conv_2d", (1, 4, 7, 16), 1, Conv2D()),
        (ONE, "conv_2d", (2, 3, 15, 16), 1, BY_TWO),
        (ONE, "conv_2d", (1, 4, 15, 16), 1, Conv2D((2, 2), activation="relu6")),
        (TWO, "fully_connected", (3, 16), 2, None),
        (TWO, "fully_connected", (4, 18), 2, None),
        (TWO, "fully_connected", (4, 36), 2, None),
        (TWO, "fully_connected", (4, 16), 3, None),
        (TWO, "fully_connected", (4, 16), 2, FullyConnected(activation="relu6")),
        (FOUR, "fully_connected", (3, 8), 3, None),
        (FOUR, "fully_connected", (4, 8), 4, None),
        (FOUR, "fully_connected", (4, 10), 3, FullyConnected(activation="relu6")),
        (PACKED, "conv_2d", (1, 3, 4, 5), 20, Conv2D()),
        (PACKED, "conv_2d", (1, 3, 4, 6), 8, Conv2D()),
        (PACKED, "conv_2d", (1, 4, 7, 5), 8, Conv2D((1, 3))),
        (PACKED, "conv_2d", (2, 3, 3, 5), 8, BY_TWO),
        (PACKED, "conv_2d", (1, 3, 4, 5), 8, Conv2D(activation="relu6")),
        (SINGLE, "fully_connected", (2, 10), 4, None),
        (SINGLE, "fully_connected", (1, 10), 3, None),
        (SINGLE, "fully_connected", (1, 9), 4, None),
        (SINGLE, "fully_connected", (1, 10), 4, FullyConnected(activation="relu6")),
        (ONE_FOUR, "fully_connected", (2, 30), 1, None),
        (ONE_FOUR, "fully_connected", (4, 31), 1, None),
        (ONE_FOUR, "fully_connected", (4, 33), 2, None),
        (ONE_FOUR, "fully_connected", (4, 30), 1, FullyConnected(activation="relu6")),
        (TWO_FOUR, "fully_connected", (8, 8), 2, None),
        (TWO_FOUR, "fully_connected", (4, 9), 2, None),
        (TWO_FOUR, "fully_connected", (4, 10), 1, None),
        (TWO_FOUR, "fully_connected", (4, 8), 2, FullyConnected(activation="relu6")),
        (FOURS, "conv_2d", (1, 2, 2, 16), 2, Conv2D()),
        (FOURS, "conv_2d", (1, 2, 2, 40), 1, Conv2D()),
        (FOURS, "conv_2d", (1, 2, 3, 16), 1, Conv2D()),
        (FOURS, "conv_2d", (1, 4, 4, 16), 1, BY_TWO),
        (FOURS, "fully_connected", (4, 16), 1, FullyConnected(activation="relu6")),
        (IMAGES, "conv_2d", (1, 3, 3, 8), 3, BY_TWO),
        (IMAGES, "conv_2d", (2, 3, 3, 8), 3, Conv2D((2, 2), activation="relu6")),
    ],
)
def test_other_layers_take_other_forms(
    file: str, operator: str, shape: tuple[int, ...], out_c: int, op: Conv2D | FullyConnected | None
) -> None:
    graph = layer_graph(operator, shape, out_c, (1, 1), 1, SCALES[1], np.random.default_rng(0), op)
    assert file not in found(graph)


@pytest.mark.parametrize(
    ("scale", "zero", "bias", "taken"),
    [
        (150.0, 127, 1 << 14, True),
        (40.0, -128, 1 << 14, True),  # no addend for ties of negative values, which are all at the end
        (1000.0, 127, 1 << 14, False),  # an addend that moves others
        (2.5, 127, 1 << 14, False),  # more than a halfword
        (150.0, 127, 1 << 15, False),
    ],
)
def test_packed_outputs_are_proven(scale: float, zero: int, bias: int, taken: bool) -> None:
    graph = layer_graph("conv_2d", (1, 2, 2, 5), 8, (1, 1), 1, (1.0, scale), np.random.default_rng(0))
    same = Quantization.per_channel(np.full(8, 0.9, np.float32), 0)
    for name, data in (("w", np.full((8, 1, 1, 5), 127, np.int8)), ("b", np.full(8, bias, np.int32))):
        graph.tensors[name] = replace(graph.tensors[name], quantization=same, data=data)
    assert (PACKED in found(zeroed(graph, 0, zero))) == taken


def test_fours_and_threes_make_a_row() -> None:
    fours = {n: conv_2d_one_rows.fours(n) for n in range(1, 40)}
    assert [n for n, four in fours.items() if four == 0] == [1, 2, 3, 5, 6, 9]
    assert all(four <= n and four % 4 == 0 and (n - four) % 3 == 0 for n, four in fours.items() if four)
