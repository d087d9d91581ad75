"""Helium depthwise convolutions plane by plane: the simulator's integers on every path, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.backends.c.forms.mve.depthwise_conv_2d_plane import GROUPS, VECTOR
from edgekit.backends.c.memory import memory_map
from tests.firmware.planes import (
    ONE,
    THREE,
    TWO,
    Sizes,
    forms,
    layer,
    with_large_shifts,
)
from tests.firmware.proof import Case, prove

KERNEL = "depthwise_conv_2d_plane_mve"
# batches, height, width, channels, filters a channel, kernel, stride, dilation, padding
LAYERS: tuple[Sizes, ...] = (
    (1, 12, 12, 1, 1, THREE, TWO, ONE, "same"), (2, 12, 12, 2, 4, THREE, ONE, ONE, "same"),
    (1, 7, 7, 3, 1, THREE, TWO, ONE, "same"), (1, 9, 10, 5, 2, THREE, ONE, ONE, "same"),
    (2, 9, 9, 10, 1, THREE, (2, 1), ONE, "same"), (1, 8, 8, 32, 1, THREE, TWO, ONE, "same"),
    (1, 16, 16, 8, 1, THREE, TWO, ONE, "same"), (1, 31, 31, 4, 1, THREE, TWO, ONE, "same"),
    (2, 20, 32, 8, 1, THREE, ONE, ONE, "same"), (1, 6, 16, 15, 1, THREE, ONE, ONE, "valid"),
    (1, 5, 15, 18, 1, THREE, ONE, ONE, "same"), (1, 4, 16, 17, 1, THREE, ONE, ONE, "valid"),
    (1, 3, 40, 17, 1, THREE, TWO, ONE, "same"), (1, 60, 64, 3, 1, THREE, ONE, ONE, "same"),
    (1, 70, 80, 2, 2, THREE, TWO, ONE, "same"), (2, 50, 47, 2, 1, THREE, TWO, ONE, "valid"),
    (1, 1, 17, 8, 1, THREE, TWO, ONE, "same"), (1, 1, 17, 8, 1, THREE, ONE, ONE, "same"),
    (1, 17, 1, 8, 1, THREE, ONE, ONE, "same"), (1, 9, 2, 4, 1, (3, 1), ONE, ONE, "same"),
    (1, 9, 1, 4, 1, (3, 3), TWO, ONE, "valid"), (1, 9, 7, 6, 1, (2, 3), ONE, TWO, "same"),
    (1, 9, 11, 6, 1, THREE, ONE, (1, 5), "same"), (1, 7, 9, 3, 3, (4, 3), ONE, ONE, "same"),
    (1, 9, 9, 3, 1, (2, 5), ONE, ONE, "same"), (1, 8, 8, 8, 1, TWO, TWO, ONE, "valid"),
    (1, 5, 6, 8, 1, ONE, ONE, ONE, "same"), (1, 3, 20, 4, 1, (1, 7), ONE, ONE, "same"),
    (2, 2, 2, 4, 1, THREE, ONE, ONE, "same"), (1, 13, 11, 3, 1, (3, 2), THREE, ONE, "same"),
    (1, 5, 13, 20, 1, THREE, (1, 2), ONE, "same"), (1, 25, 5, 60, 1, THREE, ONE, ONE, "same"),
)  # fmt: skip


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set()
    for i, one in enumerate(LAYERS):
        graph = layer(*one, seed=i)
        for j, call in forms(graph, KERNEL):
            cases.append(Case(f"plane_{i}_{j}", graph, i, 2, 64, candidate=j))
            f = dict[str, Any](call.fields)
            bands = f["bands"].reshape(-1, 7)
            seen |= {("kind", f["kind"]), ("bands", len(bands) // one[0] > 1), ("odd", bands[0, 3] % 2, f["full"] > 0)}
            seen |= {("full", min(f["full"], 2), f["rest"] > 0), ("whole", f["rest"] == VECTOR)}
            seen |= {("pads", bool(bands[0, 2]), bool(bands[-1, 5])), ("many", f["depth_multiplier"] > 1)}
            seen |= {("in place", bool(call.in_place))}
    wanted = {("kind", k) for k in range(4)} | {
        (name, on) for name in ("bands", "whole", "many", "in place") for on in (False, True)
    }
    wanted |= {("odd", o, w) for o in (0, 1) for w in (False, True)} | {
        ("pads", a, b) for a in (False, True) for b in (False, True)
    }
    wanted |= {("full", 0, True), *(("full", n, rest) for n in (1, 2) for rest in (False, True))}
    assert seen == wanted, seen ^ wanted
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(("one", "kinds"), [
    ((1, 9, 9, 2, 1, THREE, ONE, ONE, "same"), 2),
    ((1, 9, 9, 2, 1, THREE, TWO, ONE, "same"), 1),  # 4 outputs have 25 taps
    ((1, 9, 9, 2, 1, (4, 3), ONE, ONE, "same"), 1),
    ((1, 9, 9, 2, 1, (4, 4), ONE, ONE, "same"), 0),  # 2 outputs have 20
    ((1, 1, 9, 2, 1, THREE, TWO, ONE, "same"), 2),  # one row of taps has a pixel
    ((1, 9, 1, 2, 1, THREE, TWO, ONE, "same"), 2),
    ((1, 1, 1, 2, 1, THREE, ONE, ONE, "same"), 0),  # no group of outputs
    ((1, 1, 3, 2, 1, THREE, ONE, ONE, "same"), 1),
    ((1, 4, 16, 17, 1, THREE, ONE, ONE, "valid"), 2),
    ((1, 4, 16, 18, 1, THREE, ONE, ONE, "valid"), 0),  # 16 pixels are 271 bytes
    ((1, 3, 15, 18, 1, THREE, ONE, ONE, "same"), 2),
    ((1, 3, 15, 19, 1, THREE, ONE, ONE, "same"), 0),
    ((1, 5, 112, 2, 1, THREE, TWO, ONE, "valid"), 1),  # rows of 112 bytes: taps up to 2 * 112 + 4
    ((1, 5, 112, 2, 1, THREE, TWO, ONE, "same"), 0),  # of 128
    ((1, 5, 9, 2, 1, THREE, ONE, (1, 7), "same"), 1),
    ((1, 5, 10, 2, 1, THREE, ONE, (1, 7), "same"), 0),  # 6 zero points behind a row
    ((1, 5, 15, 2, 1, (1, 5), ONE, ONE, "same"), 0),  # one zero point behind a row, and windows reach 2 beyond it
    ((1, 5, 14, 2, 1, (1, 5), ONE, ONE, "same"), 2),
])  # fmt: skip
def test_conditions(one: Any, kinds: int) -> None:
    assert len(forms(layer(*one, seed=1), KERNEL)) == kinds


def test_channels_that_need_shifts_are_refused() -> None:
    graph = layer(1, 9, 9, 2, 1, THREE, ONE, ONE, "same")
    assert forms(graph, KERNEL) and not forms(with_large_shifts(graph), KERNEL)


@pytest.mark.parametrize("i", range(len(LAYERS)))
def test_every_output_has_its_place(i: int) -> None:
    """The groups of all bands cover the picture; tables are as long as the loops run."""
    batches, *_ = LAYERS[i]
    graph = layer(*LAYERS[i])
    size = graph.tensors[graph.outputs[0]].shape
    for _, call in forms(graph, KERNEL):
        f = dict[str, Any](call.fields)
        outputs = np.prod(size[1:3]) * size[3]
        assert f["places"].size == 8 * f["iterations"] and f["windows"].size == 4 * f["vectors"]
        group = np.prod(GROUPS[f["kind"] // 2][0])
        assert f["vectors"] * 4 * group >= f["iterations"] * 8 > 0
        places = (f["bands"].reshape(-1, 7)[:, 6, None] + f["places"]).reshape(-1)
        assert np.array_equal(np.unique(places), np.arange(0, batches * outputs, size[3]))


@pytest.mark.parametrize(("one", "shared"), [
    ((1, 9, 9, 4, 1, THREE, ONE, ONE, "same"), True), ((1, 9, 9, 4, 1, THREE, ONE, ONE, "valid"), False),
    ((1, 9, 9, 4, 2, THREE, ONE, ONE, "same"), False), ((1, 80, 64, 4, 1, THREE, ONE, ONE, "same"), False),
])  # fmt: skip
def test_in_place_where_nothing_is_read_again(one: Any, shared: bool) -> None:
    graph = layer(*one)
    for _, call in forms(graph, KERNEL):
        memory = memory_map(graph, [call])
        assert (memory.tensors[graph.inputs[0]] == memory.tensors[graph.outputs[0]]) == shared
