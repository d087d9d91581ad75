"""The depthwise form of planes for windows of up to 7x7 taps gives the simulator's integers: on the host by C twins, on
emulated cores by instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.counts.depthwise_conv_2d_planes_large_dsp import features
from edgekit.backends.c.emission import Tile, candidates_of
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.shapes import layer_graph
from tests.firmware.test_dsp_depthwise_planes import SCALES, cases_of, layer, planes_of

FILE = "depthwise_conv_2d_planes_large_dsp"
KERNELS = {f"depthwise_conv_2d_planes_{name}_dsp" for name in ("five", "five_relu", "seven", "seven_relu")}
SIZES = ((2, 2), (3, 2), (4, 5), (5, 6), (6, 7), (7, 7), (8, 8), (12, 11), (25, 5), (9, 4), (3, 17), (14, 14))
WINDOWS = ((5, 5), (7, 7), (4, 5), (5, 5), (6, 7), (5, 3), (4, 4), (1, 7))


def layers() -> Iterator[Graph]:
    """Even and odd sizes of both orientations, windows of both kernels, with padding and without, groups of channels."""
    for i, size in enumerate(SIZES):
        for k in range(4):
            turn = 4 * i + k
            kernel = WINDOWS[(turn + i // 2) % len(WINDOWS)]
            padding = "valid" if turn % 3 == 0 and min(size) > max(kernel) else "same"
            yield layer(size, 4 * (1 + turn % 3), kernel, turn, padding=padding)


LAYERS = list(layers())
CASES = cases_of("planes_large", LAYERS, FILE)
CALLS = [call for graph in LAYERS for call in planes_of(graph, FILE).values()]


def test_cases_of_all_parts() -> None:
    taken = Counter(call.kernel for call in CALLS)
    assert set(taken) == KERNELS and min(taken.values()) >= 10, taken
    found = [features({**call.fields, "kernel": call.kernel}) for call in CALLS]
    ran = Counter(name for one in found for name, times in one.items() if times)
    assert all(ran[name] >= 3 for name in set(found[0]) - {"clamped_high"}), ran


def test_a_group_is_transposed_in_three_parts_at_most() -> None:
    for call in CALLS:
        found = features({**call.fields, "kernel": call.kernel})
        assert found["parts"] <= 3 * found["groups"]


def test_bands_take_no_more_memory_than_the_output() -> None:
    """Or, in place, twice as much; two lines are the least."""
    several = 0
    for graph in LAYERS:
        y = graph.tensors["y"]
        for call in planes_of(graph, FILE).values():
            band, strips = int(call.fields["band"]), int(call.fields["out_lines"]) // 2  # type: ignore[arg-type]
            size = y.elements // y.shape[0]
            assert call.scratch <= (2 * size if call.in_place else size) or band == 1
            assert not call.in_place or band == strips
            several += 1 < band < strips
    assert several


@pytest.mark.parametrize(
    ("size", "channels", "kernel", "of", "taken"),
    [
        ((9, 9), 8, (5, 5), {}, "five"),
        ((9, 9), 8, (5, 1), {}, "five"),
        ((9, 9), 8, (1, 4), {}, "five"),
        ((9, 9), 8, (6, 5), {}, "seven"),
        ((9, 9), 8, (7, 7), {}, "seven"),
        ((9, 9), 4, (3, 3), {}, None),
        ((9, 9), 4, (8, 5), {}, None),
        ((9, 9), 4, (5, 1), {"dilation": (1, 2)}, "five"),  # of one tap across the dilation says nothing
        ((9, 9), 4, (5, 5), {"dilation": (1, 2)}, None),
        ((9, 1), 4, (5, 5), {}, None),
        ((1, 9), 4, (5, 5), {}, None),
        ((9, 9), 5, (5, 5), {}, None),
        ((9, 9), 4, (5, 5), {"stride": (2, 2)}, None),
        ((9, 9), 4, (5, 5), {"stride": (2, 1)}, None),
        ((9, 9), 4, (5, 5), {"stride": (1, 2)}, None),
    ],
)
def test_conditions(
    size: tuple[int, int], channels: int, kernel: tuple[int, int], of: dict[str, Any], taken: str | None
) -> None:
    found = {call.kernel for call in planes_of(layer(size, channels, kernel, **of), FILE).values()}
    assert f"depthwise_conv_2d_planes_{taken}_dsp" in found if taken else not found


def test_several_outputs_of_a_channel_are_refused() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 8, (5, 5), 1, SCALES[0], np.random.default_rng(1))
    assert not planes_of(graph, FILE)


def test_a_left_shift_is_refused() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 4, (5, 5), 1, (8.0, 2.0), np.random.default_rng(1))
    assert not planes_of(graph, FILE)


@pytest.mark.parametrize(("rows", "pad"), [(1, 2), (2, 2), (2, 3)])
def test_tiles(rows: int, pad: int) -> None:
    """A single line of the input is refused, and more padding than half a window."""
    graph = layer((9, 9), 4, (5, 5))
    found = candidates_of(graph, graph.nodes[0], "cortex-m4", Tile(in_rows=rows, out_rows=2, pad=pad))
    assert any(isinstance(call, Call) and call.file == FILE for call in found) == ((rows, pad) == (2, 2))


@pytest.mark.parametrize(
    ("size", "channels", "padding", "shared"),
    [((9, 9), 12, "same", True), ((9, 9), 12, "valid", False), ((9, 2), 4, "same", False)],
)
def test_in_place_where_the_shape_stays_and_a_band_is_all(
    size: tuple[int, int], channels: int, padding: str, shared: bool
) -> None:
    graph = layer(size, channels, (5, 5), padding=padding)
    (first, *_) = planes_of(graph, FILE)
    memory = memory_map(graph, proof.first_forms(graph, "cortex-m4", first))
    assert (memory.tensors["x"] == memory.tensors["y"]) == shared
