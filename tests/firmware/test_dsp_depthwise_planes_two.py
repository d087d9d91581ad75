"""The depthwise form of planes with stride 2 gives the simulator's integers: on the host by C twins, on emulated cores
by instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from edgekit.backends.c.counts.depthwise_conv_2d_planes_dsp import features
from edgekit.backends.c.forms.dsp.depthwise_conv_2d_planes import MEMORY, PARTS, PITCH, _band, _rows, parts, pitch_fits
from edgekit.graph import Graph
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.test_dsp_depthwise_planes import cases_of, layer, planes_of

KERNELS = {"depthwise_conv_2d_planes_two_dsp", "depthwise_conv_2d_planes_two_relu_dsp"}
SIZES = ((4, 4), (3, 4), (5, 3), (6, 6), (7, 7), (8, 12), (9, 10), (13, 13), (24, 8), (7, 34), (50, 5), (18, 18))
BY_TWO = {"stride": (2, 2)}


def layers() -> Iterator[Graph]:
    """Even and odd numbers of lines and columns, both orientations; padding before, behind and none; several groups."""
    for i, size in enumerate(SIZES):
        for k in range(4):
            turn = 4 * i + k
            kernel = ((3, 3), (3, 3), (2, 3), (3, 1))[turn % 4]
            padding = "valid" if turn % 6 == 0 and min(size) > 4 else "same"
            yield layer(size, 4 * (1 + turn % 3), kernel, turn, padding=padding, **BY_TWO)


LAYERS = list(layers())
CASES = cases_of("planes_two", LAYERS)
CALLS = [call for graph in LAYERS for call in planes_of(graph).values()]


def test_cases_of_all_parts() -> None:
    taken = Counter(call.kernel for call in CALLS)
    assert set(taken) == KERNELS and min(taken.values()) >= 20, taken
    found = [features({**call.fields, "kernel": call.kernel}) for call in CALLS]
    ran = Counter(name for one in found for name, times in one.items() if times)
    assert all(ran[name] >= 3 for name in set(found[0]) - {"clamped_high"}), ran
    widths = {(call.fields["threes"], bool(call.fields["twos"])) for call in CALLS}
    assert widths == {(0, True), (1, False), (1, True)}


def test_a_group_is_transposed_in_three_parts_at_most() -> None:
    for call in CALLS:
        found = features({**call.fields, "kernel": call.kernel})
        lines, pad, out_lines = (int(call.fields[name]) for name in ("lines", "pad_line", "out_lines"))  # type: ignore[arg-type]
        most = parts(lines, pad, _rows(out_lines, 2))
        assert found["parts"] <= most * found["bands"] and most <= PARTS


@pytest.mark.parametrize("lines", range(2, 40))
def test_bands_have_two_lines_at_the_least(lines: int) -> None:
    """Of an odd number the last is computed with the one before it."""
    for rows in range(1, lines + 3):
        band = _band(lines, 4, 2, rows)
        assert 2 <= band <= lines and lines % band != 1
        assert band < rows or all(lines % other == 1 for other in range(2, band))


def test_bands_take_no_more_memory_than_the_output_or_a_little() -> None:
    several = 0
    for graph in LAYERS:
        x, y = graph.tensors["x"], graph.tensors["y"]
        for call in planes_of(graph).values():
            band, lines = (int(call.fields[name]) for name in ("band", "out_lines"))  # type: ignore[arg-type]
            most = max(y.elements // y.shape[0], min(x.elements // x.shape[0] // 2, MEMORY))
            assert call.scratch <= most or all(lines % other == 1 for other in range(2, band))
            several += band < lines
    assert several


@pytest.mark.parametrize(
    ("size", "channels", "kernel", "of", "taken"),
    [
        ((9, 9), 8, (3, 3), {}, True),
        ((3, 3), 4, (3, 3), {}, True),
        ((2, 9), 4, (3, 3), {}, False),
        ((9, 2), 4, (3, 3), {}, False),
        ((9, 9), 5, (3, 3), {}, False),
        ((9, 9), 4, (4, 3), {}, False),
    ],
)
def test_conditions(
    size: tuple[int, int], channels: int, kernel: tuple[int, int], of: dict[str, Any], taken: bool
) -> None:
    graph = layer(size, channels, kernel, **BY_TWO, **of)
    assert {call.kernel for call in planes_of(graph).values()} <= KERNELS
    assert bool(planes_of(graph)) == taken


def test_a_row_of_words_fits_half_a_register_twice() -> None:
    assert pitch_fits(PITCH - 4, 2) and not pitch_fits(PITCH, 2) and pitch_fits(PITCH, 1)
