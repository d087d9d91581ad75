"""Convolutions along one axis, whose windows are pixels that share inputs, give the simulator's integers: on the host
by C twins, and on emulated cores; and which layers they are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.forms.dsp import _line, _windows
from edgekit.backends.c.forms.dsp._narrow import CODE
from edgekit.backends.c.forms.dsp._packed_four import COMMON
from edgekit.backends.c.forms.dsp._requantize import ANY, fold
from edgekit.backends.c.forms.dsp.conv_2d_along_lines import EXACT, FILE, FIVE, FIVES, PACKED, STEPS
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference.arithmetic import multiply, quantize_multiplier
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.shapes import layer_graph
from tests.firmware.test_dsp_relu import FRACTIONS, rectified

SCALES = ((1e-3, 0.05), (1.0, 60.0), (1.0, 2500.0))
# Taps and channels by the width of their function: a multiple of four or two more, and one less.
TAPS = {4: ((4, 1), (3, 1)), 6: ((3, 2), (5, 1)), 8: ((2, 4), (7, 1)), 10: ((5, 2), (3, 3)), 12: ((3, 4), (11, 1)),
        14: ((7, 2), (13, 1)), 16: ((4, 4), (5, 3))}  # fmt: skip
NAMES = {
    *(f"conv_1d_{w}{to}{by}_dsp" for w, to, by in product(CODE, ("", "_to_8", "_to_16"), ("", "_relu"))),
    *(f"conv_1d_pairs_to_{n}_relu_dsp" for n in EXACT),
    *(f"conv_1d_packed_to_{n}_dsp" for n in COMMON),
    *(f"conv_1d_five_to_{n}{by}_dsp" for n, by in product(FIVES, STEPS.values())),
}
Shape = tuple[int, int, int]  # images, lines, columns


def layer(
    size: Shape, taps: tuple[int, int], out_c: int, op: Conv2D, seed: int = 0, down: bool = False, width: int = 1
) -> Graph:
    """Down: the other axis, the input as wide as the windows."""
    images, lines, columns = size
    shape, window = (images, lines, columns, taps[1]), (1, taps[0])
    if down:
        shape, window = (images, columns, width, taps[1] // width), (taps[0], width)
    graph = layer_graph("conv_2d", shape, out_c, window, 1, SCALES[seed % 3], np.random.default_rng(seed), op)
    return rectified(graph) if op.activation != "none" else graph


def same(stride: int = 1, activation: Activation = "none") -> Conv2D:
    return Conv2D((stride, stride), padding="same", activation=activation)


def whole(width: int) -> Conv2D:
    """Of windows as wide as the input."""
    return Conv2D((1, width), padding="same", activation="relu6")


def drawn() -> Iterator[tuple[str, Graph]]:
    """All functions: one line and several, one image and two, odd and even numbers of windows, both axes."""

    def first(
        name: str, size: Shape, taps: tuple[int, int], out_c: int, op: Conv2D, down: bool = False, width: int = 1
    ) -> tuple[str, Graph]:
        """Channels that have the function's constants."""
        graphs = (layer(size, taps, out_c, op, seed, down, width) for seed in range(20))
        return name, next(graph for graph in graphs if name in found(graph))

    for i, (width, count, by) in enumerate(product(CODE, (8, 16, 5), ("", "_relu"))):
        taps = TAPS[width][i // 6 % 2]
        size, op = (1 + i % 4 // 3, 1 + i % 3, taps[0] + i * 5 % 9), same(1 + i // 2 % 2, "relu" if by else "none")
        yield first(f"conv_1d_{width}{f'_to_{count}' * (count in EXACT)}{by}_dsp", size, taps, count, op, i % 3 == 0)
    for i, count in enumerate(COMMON):
        yield first(f"conv_1d_packed_to_{count}_dsp", (1, 1 + i % 2, 4 + i), (3 + i % 2, 1), count, same(1 + i % 2))
    for i, (count, (stride, by)) in enumerate(product(FIVES, STEPS.items())):
        size = (1 + i % 2, 1 + i % 3, 4 + i)
        yield first(f"conv_1d_five_to_{count}{by}_dsp", size, (5, 1), count, same(stride), i % 3 == 0)
    for i, count in enumerate(EXACT * 3):
        size = (1, 1 + i % 2 * 2, (4, 6, 7, 5, 9, 700)[i])
        yield first(f"conv_1d_pairs_to_{count}_relu_dsp", size, (3 + i % 2, 1), count, same(1, "relu"))
    # In several runs of lines, and in segments; as wide as the windows; clamps inside int8.
    yield first("conv_1d_10_dsp", (2, 45, 9), (3, 3), 3, same())
    yield first("conv_1d_6_to_8_dsp", (1, 2, 700), (3, 2), 8, same(2))
    yield first("conv_1d_packed_to_4_dsp", (1, 1, 2500), (3, 1), 4, same(), True)
    yield first("conv_1d_five_to_4_dsp", (1, 1, 1501), (5, 1), 4, same(), True)
    yield first("conv_1d_16_relu_dsp", (1, 1, 11), (5, 3), 4, whole(3), True, 3)
    yield first("conv_1d_12_to_8_dsp", (1, 1, 11), (2, 6), 8, whole(2), True, 2)
    # Without padding: where they lie.
    valid = Conv2D((2, 2), padding="valid")
    for kernel, taps, count in (("10_dsp", (9, 1), 8), ("packed_3_to_8_dsp", (3, 1), 8), ("3_dsp", (3, 1), 5),
                                ("images_dsp", (3, 2), 5), ("16_dsp", (5, 3), 3)):  # fmt: skip
        yield first(f"pointwise_{kernel}", (1 + ("images" in kernel), 5, 14), taps, count, valid)


CASES = cases_of(drawn())


def test_all_functions_are_proven() -> None:
    assert len(CASES) >= len(NAMES) + 8
    assert kernels_of(CASES) > NAMES, NAMES - kernels_of(CASES)


@pytest.mark.parametrize(
    ("graph", "taken"),
    [
        (layer((1, 1, 9), (4, 4), 8, same()), True),
        (layer((1, 1, 9), (17, 1), 8, same()), False),  # inputs
        (layer((1, 1, 9), (1, 4), 8, same()), False),
        (layer((1, 1, 30), (3, 1), 8, Conv2D(dilation=(1, 2), padding="same")), False),
        (layer((1, 3, 30), (3, 1), 8, Conv2D(dilation=(2, 1), padding="same")), True),
        (layer((1, 1, 9), (3, 2), 8, whole(2), 0, True, 2), True),
        (layer_graph("conv_2d", (1, 9, 2, 1), 8, (3, 1), 1, SCALES[0], np.random.default_rng(0)), False),
        (layer_graph("conv_2d", (1, 9, 9, 1), 8, (2, 2), 1, SCALES[0], np.random.default_rng(0)), False),
    ],
)
def test_windows_of_one_axis(graph: Graph, taken: bool) -> None:
    assert (FILE in found(graph)) == taken


def test_words_of_outputs_have_no_clamp_and_so_many_channels() -> None:
    for file, taps in ((PACKED, 3), (FIVE, 5)):
        for out_c, stride, activation in (
            (16, 1, "none"),
            (16, 2, "none"),
            (16, 3, "none"),
            (20, 1, "none"),
            (16, 1, "relu6"),
        ):
            op = Conv2D((1, stride), padding="same", activation=activation)  # type: ignore[arg-type]
            taken = out_c == 16 and activation == "none" and (file == PACKED or stride < 3)
            assert (file in found(layer((1, 2, 19), (taps, 1), out_c, op, 1))) == taken


def test_scratch_is_bounded() -> None:
    """But for windows of more; lines that fit are brought together."""
    for columns, lines, step in product((1, 7, 300, 4000), (1, 50), (1, 6, 2000)):
        windows = _windows.Windows(16, step, 15, columns * step, columns, lines, columns * step, 1, 0)
        fields = windows.fields(8)
        assert windows.scratch <= max(_windows.SCRATCH, 16 + 4) and windows.scratch % 4 == 0
        assert fields["run"] == 1 or fields["segment"] == columns


@pytest.mark.parametrize("clamp", [(0, 255), (0, 90), (7, 200)])
@pytest.mark.parametrize("e", range(13))
def test_line_of_every_accumulator(e: int, clamp: tuple[int, int]) -> None:
    """Also the ends of the reach, and clamps above the zero point; and no line where values have two signs."""
    generator = np.random.default_rng([e, *clamp])
    proven = 0
    for i, fraction in enumerate((*FRACTIONS, *generator.uniform(0.5, 1, 5))):
        real = np.array([fraction * 2.0**-e])
        weights = generator.integers(-128, 128, (1, 1 + i)).astype(np.int8)
        folded = fold(weights, generator.integers(-3000, 3000 + (i << 12), 1), 3, real, clamp, wide=True)
        assert folded is not None and _line.line_of(folded, real, ANY, 0) is None
        zero = -128 if clamp[1] > 100 else -100
        line = _line.line_of(folded, real, clamp, zero)
        if line is None:
            continue
        proven += 1
        w = folded.weights[0].astype(np.int64)
        low, high = (int(folded.bias[0] + of(-128 * w, 127 * w).sum()) for of in (np.minimum, np.maximum))
        a = np.arange(low, high + 1) if folded.varies[0] else np.zeros(1, np.int64)
        moved = int(line.factor[0]) * a + int(line.offset[0])
        assert np.abs(moved).max() < 1 << 31 and np.abs(line.halves).max() < 1 << 15
        wide = (moved * int(line.multiplier[0]) + (1 << 31)) >> 32
        outputs = np.clip(np.clip(wide >> _line.FRACTION, -128, 127) - zero, *clamp)
        expected = (
            np.clip(multiply(a, *quantize_multiplier(real[0])), *clamp) if folded.varies[0] else folded.constant[0]
        )
        np.testing.assert_array_equal(outputs, np.clip(np.broadcast_to(expected, a.shape), -128 - zero, 127 - zero))
    assert proven >= (7 if e > 2 else 0)
