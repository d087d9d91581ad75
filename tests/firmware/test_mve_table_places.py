"""Helium 1x1 convolutions of one channel into few, pixels apart: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.forms.mve.conv_2d_pointwise_table_places import FILE, LEAST
from tests.firmware.proof import prove
from tests.firmware.test_mve_table import Layer, cases_of, found, graph_of

LAYERS: tuple[Layer, ...] = tuple(
    (*shape, 1, n, stride)
    for n in (1, 2, 3)
    for shape, stride in (((1, 13, 13), (2, 2)), ((2, 7, 11), (1, 3)), ((4, 3, 7), (2, 2)), ((1, 16, 16), (1, 2)))
)


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, calls = cases_of(LAYERS, graph_of, 4, FILE)
    assert {call.kernel for call in calls} == {f"{FILE}_{channels}" for channels in (1, 2, 3)}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 1, 2 * LEAST, 1, 3, (1, 2)), True), ((1, 1, 2 * LEAST - 2, 1, 3, (1, 2)), False),
        ((1, 5, 5, 1, 3, (1, 1)), False), ((1, 9, 9, 1, 4, (2, 2)), False), ((1, 9, 9, 2, 3, (2, 2)), False),
        ((1, 1, 256, 1, 1, (1, 3)), True), ((1, 1, 257, 1, 1, (1, 2)), False),
    ],
)  # fmt: skip
def test_pixels_and_channels(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0), FILE)) == taken
