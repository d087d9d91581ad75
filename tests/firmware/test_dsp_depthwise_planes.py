"""The depthwise form of planes of four channels gives the simulator's integers: on the host by C twins, on emulated
cores by instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.counts.depthwise_conv_2d_planes_dsp import features
from edgekit.backends.c.emission import Tile, candidates_of
from edgekit.backends.c.forms.dsp.depthwise_conv_2d_planes import PARTS, _rows, parts
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

FILE = "depthwise_conv_2d_planes_dsp"
SIZES = ((2, 2), (2, 3), (3, 2), (3, 3), (4, 7), (5, 6), (7, 5), (6, 6), (12, 12), (25, 5), (31, 3), (9, 4), (3, 17))
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.4), (1e-7, 1.0))  # of the last all channels are constants


def layer(size: tuple[int, int], channels: int, kernel: tuple[int, int] = (3, 3), turn: int = 0, **of: Any) -> Graph:
    """One to three samples; outputs of one sign and of both, clamps inside int8 and at its ends."""
    rng = np.random.default_rng([37, turn])
    op = DepthwiseConv2D(activation=ACTIVATIONS[turn % len(ACTIVATIONS)], **({"padding": "same"} | of))
    shape, scale = (1 + turn % 3 // 2, *size, channels), SCALES[turn % len(SCALES)]
    graph = layer_graph("depthwise_conv_2d", shape, channels, kernel, 1, scale, rng, op)
    if op.activation != "none":
        y = graph.tensors["y"]
        zero = -128 if turn % 5 else -9
        graph.tensors["y"] = replace(y, quantization=Quantization.per_tensor(float(y.scale), zero))
    return graph


def layers() -> Iterator[Graph]:
    """Even and odd sizes of both orientations, windows up to 3x3, with padding and without, one group and several."""
    for i, size in enumerate(SIZES):
        for k in range(4):
            turn = 4 * i + k
            kernel = ((3, 3), (3, 3), (2, 3), (3, 1))[turn % 4]
            padding = "valid" if turn % 6 == 0 and min(size) > 3 else "same"
            yield layer(size, 4 * (1 + turn % 3), kernel, turn, padding=padding)


def planes_of(graph: Graph, files: Sequence[str] = (FILE,)) -> dict[int, Call]:
    """By the candidates' places."""
    found = enumerate(candidates_of(graph, graph.nodes[0], "cortex-m4"))
    return {k: call for k, call in found if isinstance(call, Call) and call.file in files}


def cases_of(name: str, some: Sequence[Graph], files: Sequence[str] = (FILE,)) -> list[Case]:
    return [
        Case(f"{name}_{i}_{k}", graph, i, 2, proof.GUARD, candidate=k)
        for i, graph in enumerate(some)
        for k in planes_of(graph, files)
    ]


LAYERS = list(layers())
CASES = cases_of("planes", LAYERS)
CALLS = [call for graph in LAYERS for call in planes_of(graph).values()]


def test_cases_of_all_parts() -> None:
    taken = Counter(call.kernel for call in CALLS)
    assert set(taken) == {FILE, "depthwise_conv_2d_planes_relu_dsp"} and min(taken.values()) >= 20, taken
    ran = Counter(
        name for call in CALLS for name, times in features({**call.fields, "kernel": call.kernel}).items() if times
    )
    names = set(features({**CALLS[0].fields, "kernel": FILE}))
    assert all(ran[name] >= 3 for name in names - {"clamped_high"}), ran


def test_a_group_is_transposed_in_three_parts_at_most() -> None:
    """A window of two lines between padding on both sides would have a fourth."""
    for call in CALLS:
        found = features({**call.fields, "kernel": call.kernel})
        lines, pad, out_lines = (int(call.fields[name]) for name in ("lines", "pad_line", "out_lines"))  # type: ignore[arg-type]
        most = parts(lines, pad, _rows(out_lines, 1))
        assert found["parts"] <= most * found["bands"] and most <= PARTS
    assert parts(9, 1, _rows(9, 1)) == PARTS and parts(8, 1, _rows(9, 1)) == PARTS + 1


def test_bands_take_no_more_memory_than_the_output() -> None:
    """Two lines are the least; a picture of few channels has several bands."""
    several = 0
    for graph in LAYERS:
        y = graph.tensors["y"]
        for call in planes_of(graph).values():
            band, lines = (call.fields[name] for name in ("band", "out_lines"))
            assert isinstance(band, int) and isinstance(lines, int)
            assert call.scratch <= y.elements // y.shape[0] or band == 1
            several += 1 < band < lines // 2
    assert several


@pytest.mark.parametrize(
    ("size", "channels", "kernel", "of", "taken"),
    [
        ((9, 9), 8, (3, 3), {}, True),
        ((2, 2), 4, (1, 2), {"dilation": (2, 1)}, True),  # of one tap across the dilation says nothing
        ((9, 1), 4, (3, 3), {}, False),
        ((1, 9), 4, (3, 3), {}, False),
        ((9, 9), 5, (3, 3), {}, False),
        ((9, 9), 4, (4, 3), {}, False),
        ((9, 9), 4, (3, 3), {"stride": (3, 3)}, False),
        ((9, 9), 4, (3, 3), {"stride": (2, 1)}, False),
        ((9, 9), 4, (3, 3), {"stride": (1, 2)}, False),
        ((9, 9), 4, (3, 3), {"dilation": (1, 2)}, False),
    ],
)
def test_conditions(
    size: tuple[int, int], channels: int, kernel: tuple[int, int], of: dict[str, Any], taken: bool
) -> None:
    assert bool(planes_of(layer(size, channels, kernel, **of))) == taken


def test_several_outputs_of_a_channel_are_refused() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 8, (3, 3), 1, SCALES[0], np.random.default_rng(1))
    assert not planes_of(graph)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_single_line_of_the_input_is_refused(rows: int) -> None:
    """Columns are transposed by twos."""
    graph = layer((9, 9), 4, (2, 3))
    found = candidates_of(graph, graph.nodes[0], "cortex-m4", Tile(in_rows=rows, out_rows=2, pad=1))
    assert any(isinstance(call, Call) and call.file == FILE for call in found) == (rows == 2)


def test_a_left_shift_is_refused() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 4, (3, 3), 1, (8.0, 2.0), np.random.default_rng(1))
    assert not planes_of(graph)


@pytest.mark.parametrize(("padding", "shared"), [("same", True), ("valid", False)])
def test_in_place_where_the_shape_stays(padding: str, shared: bool) -> None:
    graph = layer((9, 9), 4, padding=padding)
    (first, *_) = planes_of(graph)
    memory = memory_map(graph, proof.first_forms(graph, "cortex-m4", first))
    assert (memory.tensors["x"] == memory.tensors["y"]) == shared
