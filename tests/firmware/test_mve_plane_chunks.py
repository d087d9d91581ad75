"""Helium depthwise convolutions of large windows: the simulator's integers on every path, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.backends.c.forms.mve.depthwise_conv_2d_chunks import CLAMPED, ONCE, PLAIN
from edgekit.backends.c.memory import memory_map
from tests.firmware.planes import FIVE, FOUR, ONE, SEVEN, THREE, TWO, Sizes, forms, layer, with_large_shifts
from tests.firmware.proof import Case, prove

WAYS = ("one", "two", "three", "four", "pairs")
KERNELS = {way: f"depthwise_conv_2d_plane_chunks_{way}_mve" for way in WAYS}
SIX, TALL, HIGH = (6, 6), (10, 4), (10, 5)
# batches, height, width, channels, filters a channel, kernel, stride, dilation, padding
LAYERS: tuple[Sizes, ...] = (
    (1, 9, 12, 3, 1, FOUR, ONE, ONE, "same"), (2, 8, 9, 8, 1, FOUR, TWO, ONE, "valid"),
    (1, 12, 12, 2, 2, FIVE, TWO, ONE, "same"), (1, 30, 36, 4, 1, FIVE, ONE, ONE, "same"),
    (1, 9, 11, 16, 1, FIVE, ONE, ONE, "same"), (1, 11, 10, 2, 1, FIVE, ONE, TWO, "same"),
    (1, 12, 6, 5, 1, TALL, TWO, ONE, "same"), (2, 14, 8, 4, 1, TALL, ONE, ONE, "same"),
    (1, 12, 12, 4, 1, SEVEN, ONE, ONE, "same"), (1, 9, 9, 3, 2, SEVEN, TWO, ONE, "same"),
    (1, 11, 13, 6, 1, SEVEN, ONE, ONE, "valid"), (1, 10, 5, 2, 1, HIGH, ONE, ONE, "same"),
    (1, 1, 1, 8, 1, THREE, ONE, ONE, "same"), (1, 60, 50, 3, 1, FIVE, ONE, ONE, "same"),
    (2, 7, 7, 40, 1, FIVE, ONE, ONE, "same"), (1, 5, 31, 20, 1, FIVE, TWO, ONE, "same"),
    (1, 6, 70, 2, 1, FIVE, TWO, ONE, "same"), (1, 7, 100, 2, 1, FIVE, TWO, ONE, "same"),
    (1, 8, 15, 19, 1, FOUR, ONE, ONE, "same"), (1, 5, 17, 18, 1, (3, 5), TWO, THREE, "same"),
    (1, 9, 8, 33, 1, SIX, ONE, ONE, "same"), (1, 10, 10, 7, 1, (5, 7), ONE, ONE, "same"),
)  # fmt: skip


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen, ways = [], set(), set()
    for i, one in enumerate(LAYERS):
        for seed in (3 * i, 3 * i + 1, 3 * i + 2):  # with a clamp, with a ReLU and without
            graph = layer(*one, seed=seed)
            for way, kernel in KERNELS.items():
                for j, call in forms(graph, kernel):
                    cases.append(Case(f"{way}_{i}_{seed}_{j}", graph, seed, 2, 64, candidate=j))
                    f = dict[str, Any](call.fields)
                    bands = f["bands"].reshape(-1, 6)
                    ways.add((way, f["kind"]))
                    seen |= {
                        ("bands", len(bands) > one[0]),
                        ("narrow", f["narrow"] > 0),
                        ("in place", bool(call.in_place)),
                    }
                    seen |= {("odd", bool(bands[0, 2] == 0)), ("many", one[4] > 1), ("last", one[2] % 8 > 0)}
    assert seen == {
        (name, on) for name in ("bands", "narrow", "in place", "odd", "many", "last") for on in (False, True)
    }
    assert ways == {(way, kind) for way in WAYS for kind in (PLAIN, CLAMPED, ONCE)}, ways
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(("one", "ways"), [
    ((1, 9, 9, 2, 1, THREE, ONE, ONE, "same"), ()),  # a gather has two outputs
    ((1, 9, 9, 2, 1, FOUR, ONE, ONE, "same"), ("one",)),
    ((1, 9, 9, 2, 1, (5, 4), ONE, ONE, "same"), ("two", "pairs")),
    ((1, 9, 9, 2, 1, (5, 4), TWO, ONE, "same"), ("two", "pairs")), ((1, 9, 9, 2, 1, FIVE, TWO, ONE, "same"), ("two",)),
    ((1, 9, 9, 2, 1, SIX, ONE, ONE, "same"), ("three",)), ((1, 9, 9, 2, 1, SEVEN, ONE, ONE, "same"), ("four",)),
    ((1, 16, 9, 2, 1, (16, 4), ONE, ONE, "same"), ("four",)), ((1, 17, 9, 2, 1, (17, 4), ONE, ONE, "valid"), ()),
    ((1, 9, 16, 2, 1, (2, 16), ONE, ONE, "valid"), ("two",)), ((1, 9, 66, 2, 1, (2, 65), ONE, ONE, "valid"), ()),
    ((1, 9, 60, 2, 1, FIVE, TWO, ONE, "same"), ("two",)),  # rows 62 bytes apart: taps up to 4 * 62 + 4
    ((1, 9, 61, 2, 1, FIVE, TWO, ONE, "same"), ("three",)), ((1, 9, 81, 2, 1, FIVE, TWO, ONE, "same"), ("three",)),
    ((1, 9, 82, 2, 1, FIVE, TWO, ONE, "same"), ("four",)), ((1, 9, 249, 2, 1, FIVE, TWO, ONE, "same"), ("four",)),
    ((1, 9, 250, 2, 1, FIVE, TWO, ONE, "same"), ()),
    ((1, 5, 5, 8191, 1, FIVE, TWO, ONE, "same"), ("two",)),  # a unit's last pixel is 7 * 8191 bytes from its first
    ((1, 5, 5, 8192, 1, FIVE, TWO, ONE, "same"), ()),
])  # fmt: skip
def test_conditions(one: Any, ways: Sequence[str]) -> None:
    graph = layer(*one, seed=1)
    assert [way for way in WAYS if forms(graph, KERNELS[way])] == list(ways)


def test_channels_that_need_shifts_are_refused() -> None:
    graph = layer(1, 9, 9, 2, 1, FIVE, TWO, ONE, "same")
    assert forms(graph, KERNELS["two"]) and not forms(with_large_shifts(graph), KERNELS["two"])


@pytest.mark.parametrize("i", range(len(LAYERS)))
def test_every_output_has_its_place(i: int) -> None:
    """The groups of all bands cover the picture; tables are as long as they are read, and lead nowhere else."""
    graph = layer(*LAYERS[i])
    (x, y), channels = (graph.tensors[name].shape for name in (graph.inputs[0], graph.outputs[0])), LAYERS[i][3]
    for kernel in KERNELS.values():
        for _, call in forms(graph, kernel):
            f = dict[str, Any](call.fields)
            bands, units = f["bands"].reshape(-1, 6), f["units"].reshape(-1, 2).astype(int)
            places = (bands[:, 5, None] + f["places"]).reshape(-1)
            assert np.array_equal(np.unique(places), np.arange(0, np.prod(y), y[3]))
            assert f["places"].size == 8 * f["iterations"] and f["windows"].size == 4 * f["vectors"]
            wide, plane = min(x[2], 8), 16 * f["filled"]
            for _, first, begin, pairs, at, _ in bands:
                read = units[begin // 4 :][: 2 * pairs]
                assert len(read) == 2 * pairs and 0 <= first + (read[:, 0].max() + wide - 1) * channels < np.prod(x)
                assert at + read[:, 1].max() + wide <= plane
            addresses = {"three": 2, "four": 4, "pairs": 2}.get(kernel.split("_")[-2], 1)
            assert f["windows"].max() + (addresses - 1) * f["next"] + max(f["taps"]) < plane
            assert call.scratch >= 16 * addresses * f["vectors"] + plane + 16 * bands[:, 3].max()


@pytest.mark.parametrize(("one", "shared"), [
    ((1, 9, 9, 4, 1, FIVE, ONE, ONE, "same"), True), ((1, 9, 9, 4, 1, FIVE, ONE, ONE, "valid"), False),
    ((1, 9, 9, 4, 2, FIVE, ONE, ONE, "same"), False), ((1, 80, 64, 4, 1, FIVE, ONE, ONE, "same"), False),
])  # fmt: skip
def test_in_place_where_nothing_is_read_again(one: Sizes, shared: bool) -> None:
    graph = layer(*one)
    found = [call for kernel in KERNELS.values() for _, call in forms(graph, kernel)]
    assert found
    for call in found:
        memory = memory_map(graph, [call])
        assert (memory.tensors[graph.inputs[0]] == memory.tensors[graph.outputs[0]]) == shared
