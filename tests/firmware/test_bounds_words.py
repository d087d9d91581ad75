"""What putting outputs together takes, by their ranges, and that no kernel takes less for all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import bounds, sweep
from benchmarks.bounds_words_dsp import Ends, Together, of_channels, of_graph, of_word
from edgekit.reference.arithmetic import divide_by_power_of_two

INSIDE, NEARLY, WIDE = Ends(-128, 127), Ends(-256, 255), Ends(-257, 0)


@pytest.mark.parametrize(
    ("ends", "least", "argued", "joined"),
    [
        ((WIDE, WIDE, WIDE, WIDE), 6, 6, 6),
        ((WIDE, NEARLY, WIDE, WIDE), 6, 6, 6),
        ((WIDE, NEARLY, WIDE, NEARLY), 5, 5.5, 6),
        ((WIDE, INSIDE, WIDE, WIDE), 5, 5, 5),
        ((WIDE, INSIDE, INSIDE, INSIDE), 4, 4, 4),
        ((INSIDE, NEARLY, INSIDE, NEARLY), 4, 4.5, 5),
        ((INSIDE, WIDE, INSIDE, WIDE), 5, 5, 5),
        ((INSIDE, INSIDE, INSIDE, INSIDE), 3, 3, 3),
    ],
)
def test_words(ends: tuple[Ends, ...], least: float, argued: float, joined: float) -> None:
    assert of_word(ends) == Together(least, argued, joined)


def test_halves_without_a_second_multiplication() -> None:
    """QADD16 of what the first one leaves in its halves, with the zero point in its addend, is the reference."""
    half = replace(NEARLY, halves=True)
    assert of_word((WIDE, half, WIDE, half)) == Together(4, 4.5, 5) and of_word((WIDE, half, WIDE, WIDE)).least == 6
    t = np.arange(-(1 << 15), 1 << 15)
    for zero_point in (-128, -5, 0, 5, 127):
        left = t + ((256 * zero_point + 128) << 16)  # of SMMLAR
        upper, lower = left >> 16, (left & 0xFFFF ^ 0x8000) - 0x8000
        output = np.clip(upper + lower, -(1 << 15), (1 << 15) - 1) >> 8
        assert (output == np.clip(zero_point + divide_by_power_of_two(t, 8), -128, 127)).all()


def test_words_of_several_pixels() -> None:
    """Of three channels each is at every place of some word."""
    assert of_channels([WIDE, NEARLY, WIDE], 12).least == pytest.approx((6 + 6 + 6) / 12)
    assert of_channels([WIDE, NEARLY, NEARLY], 12).least == pytest.approx((6 + 5 + 6) / 12)
    assert of_channels([NEARLY, NEARLY, NEARLY], 12).least == pytest.approx(5 / 4)
    assert of_channels([WIDE], 6).least == pytest.approx((6 + 2 * 2) / 6)
    assert of_channels([INSIDE], 3).least == 1.0


def test_ranges_of_a_layer() -> None:
    layer = sweep.connected(4, 4, 1)
    graph = layer.graph
    w, b = graph.tensors["weights"], graph.tensors["bias"]
    assert w.data is not None and b.data is not None
    quantization = replace(w.quantization, scale=np.full(4, graph.tensors[graph.outputs[0]].scale * 245, np.float32))
    for values, together in ((np.zeros((4, 4)), 3), (np.eye(4), 5), (2 * np.eye(4), 6)):
        graph.tensors["weights"] = replace(w, data=values.astype(np.int8), quantization=quantization)
        graph.tensors["bias"] = replace(b, data=np.zeros(4, np.int32))
        assert of_graph(graph).least == together / 4


def test_what_is_charged_is_of_the_layer() -> None:
    least, most = (bounds.Shape("pointwise", 1, 144, 576, 720, 5, 5, {1: 1}, 0, Together(n, n, n)) for n in (0.75, 1.5))
    for of in (bounds.least, bounds.argued):
        assert of("m4", most) - of("m4", least) == pytest.approx(576 * 0.75)
        assert of("m55", most) == of("m55", least)
