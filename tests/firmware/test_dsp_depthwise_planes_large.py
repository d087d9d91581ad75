"""The depthwise form of planes for windows of up to 7x7 taps gives the simulator's integers: on the host by C twins, on
emulated cores by instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.counts import features
from edgekit.backends.c.emission import Tile, candidates_of
from edgekit.backends.c.forms.dsp.depthwise_conv_2d_planes_large import MEMORY, _band
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.shapes import layer_graph
from tests.firmware.test_dsp_depthwise_planes import SCALES, cases_of, layer, planes_of

FILES = tuple(f"depthwise_conv_2d_planes_{name}_dsp" for name in ("five", "seven"))
NAMES = [name + two + relu for name in ("five", "seven") for two in ("", "_two") for relu in ("", "_relu")]
KERNELS = {f"depthwise_conv_2d_planes_{name}_dsp" for name in NAMES}
SIZES = ((2, 2), (3, 2), (4, 5), (5, 6), (6, 7), (7, 7), (8, 8), (12, 11), (25, 5), (9, 4), (3, 17), (14, 14))
APART = ((3, 4), (4, 3), (6, 6), (7, 8), (9, 10), (13, 13), (14, 14), (24, 8), (7, 34), (28, 5))  # for stride 2
WINDOWS = ((5, 5), (7, 7), (4, 5), (5, 5), (6, 7), (5, 3), (4, 4), (1, 7))


def layers() -> Iterator[Graph]:
    """Even and odd sizes of both orientations, windows of both files, with padding and without, groups of channels."""
    for i, size in enumerate(SIZES):
        for k in range(4):
            turn = 4 * i + k
            kernel = WINDOWS[(turn + i // 2) % len(WINDOWS)]
            padding = "valid" if turn % 3 == 0 and min(size) > max(kernel) else "same"
            yield layer(size, 4 * (1 + turn % 3), kernel, turn, padding=padding)


def layers_apart() -> Iterator[Graph]:
    """The same with stride 2."""
    for i, size in enumerate(APART):
        for k in range(4):
            turn = 4 * i + k
            kernel = WINDOWS[(turn + i // 2) % len(WINDOWS)]
            padding = "valid" if turn % 3 == 0 and min(size) > max(kernel) + 1 else "same"
            yield layer(size, 4 * (1 + turn % 3), kernel, turn, padding=padding, stride=(2, 2))


LAYERS = [*layers(), *layers_apart()]
CASES = cases_of("planes_large", LAYERS, FILES)
CALLS = [call for graph in LAYERS for call in planes_of(graph, FILES).values()]


def features_of(call: Call) -> dict[str, float]:
    found = features(call)
    assert found is not None
    return found


def test_cases_of_all_parts() -> None:
    taken = Counter(call.kernel for call in CALLS)
    assert set(taken) == KERNELS and min(taken.values()) >= 8, taken
    found = [features_of(call) for call in CALLS]
    ran = Counter(name for one in found for name, times in one.items() if times)
    assert all(ran[name] >= 3 for name in set(found[0]) - {"clamped_high"}), ran


def test_a_group_is_transposed_in_three_parts_at_most() -> None:
    for call in CALLS:
        found = features_of(call)
        assert found["parts"] <= 3 * found["groups"]


def test_bands_take_no_more_memory_than_the_output() -> None:
    """Or, in place, twice as much, with stride 2 a little more; a strip is the least."""
    several = set()
    for graph in LAYERS:
        x, y = graph.tensors["x"], graph.tensors["y"]
        for call in planes_of(graph, FILES).values():
            band, lines = (int(call.fields[name]) for name in ("band", "out_lines"))  # type: ignore[arg-type]
            stride, size = 2 if "two" in call.kernel else 1, y.elements // y.shape[0]
            most = size if stride == 1 else max(size, min(x.elements // x.shape[0] // 2, MEMORY))
            assert call.scratch <= (2 * size if call.in_place else most) or band == 1
            assert not call.in_place or band == lines // 2
            if 1 < band < lines * stride // 2:
                several.add(stride)
    assert several == {1, 2}


@pytest.mark.parametrize("strips", range(1, 30))
def test_bands_are_nearly_alike(strips: int) -> None:
    for most in range(-2, strips + 2):
        band = _band(strips, most)
        assert 1 <= band <= max(1, min(most, strips)) and -(-strips // band) == -(-strips // max(1, min(most, strips)))


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
        ((9, 9), 4, (5, 5), {"stride": (2, 2)}, "five_two"),
        ((9, 9), 4, (7, 7), {"stride": (2, 2)}, "seven_two"),
        ((2, 9), 4, (5, 5), {"stride": (2, 2)}, None),
        ((9, 9), 4, (5, 5), {"stride": (3, 3)}, None),
        ((9, 9), 4, (5, 5), {"stride": (2, 1)}, None),
        ((9, 9), 4, (5, 5), {"stride": (1, 2)}, None),
    ],
)
def test_conditions(
    size: tuple[int, int], channels: int, kernel: tuple[int, int], of: dict[str, Any], taken: str | None
) -> None:
    found = {call.kernel for call in planes_of(layer(size, channels, kernel, **of), FILES).values()}
    assert f"depthwise_conv_2d_planes_{taken}_dsp" in found if taken else not found


def test_several_outputs_of_a_channel_are_refused() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 8, (5, 5), 1, SCALES[0], np.random.default_rng(1))
    assert not planes_of(graph, FILES)


def test_a_left_shift_is_refused() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 4, (5, 5), 1, (8.0, 2.0), np.random.default_rng(1))
    assert not planes_of(graph, FILES)


@pytest.mark.parametrize(("rows", "pad"), [(1, 2), (2, 2), (2, 3)])
def test_tiles(rows: int, pad: int) -> None:
    """A single line of the input is refused, and more padding than half a window."""
    graph = layer((9, 9), 4, (5, 5))
    found = candidates_of(graph, graph.nodes[0], "cortex-m4", Tile(in_rows=rows, out_rows=2, pad=pad))
    assert any(isinstance(call, Call) and call.file in FILES for call in found) == ((rows, pad) == (2, 2))


@pytest.mark.parametrize(
    ("size", "channels", "padding", "shared"),
    [((9, 9), 12, "same", True), ((9, 9), 12, "valid", False), ((9, 2), 4, "same", False)],
)
def test_in_place_where_the_shape_stays_and_a_band_is_all(
    size: tuple[int, int], channels: int, padding: str, shared: bool
) -> None:
    graph = layer(size, channels, (5, 5), padding=padding)
    (first, *_) = planes_of(graph, FILES)
    memory = memory_map(graph, proof.first_forms(graph, "cortex-m4", first))
    assert (memory.tensors["x"] == memory.tensors["y"]) == shared
