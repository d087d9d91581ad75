"""Helium 1x1 convolutions of one channel by tables of pairs: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.forms.mve.conv_2d_pointwise_table_pairs import FILE, LANES, MOST, MOST_CHANNELS
from tests.firmware.proof import prove
from tests.firmware.test_mve_table import Layer, cases_of, found, graph_of

LAYERS: tuple[Layer, ...] = (
    *((1, 1, n, 1, 8 + 2 * (n % 2), (1, 1)) for n in (8, 9, 15, 16, 19)),
    (1, 13, 13, 1, 10, (2, 2)), (1, 13, 13, 1, 16, (2, 2)), (4, 3, 9, 1, 24, (1, 3)), (2, 9, 5, 1, 20, (2, 1)),
    (1, 3, 5, 1, MOST_CHANNELS, (1, 1)),
)  # fmt: skip


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, calls = cases_of(LAYERS, graph_of, 3, FILE)
    kernels = {(call.kernel, call.fields["passes"]) for call in calls}
    assert kernels >= {(FILE, 1), (FILE, 2), (FILE, 3), (f"{FILE}_tens", 1), (f"{FILE}_tens", 2)}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 1, LANES, 1, 8, (1, 1)), True), ((1, 1, LANES - 1, 1, 8, (1, 1)), False), ((1, 4, 4, 1, 9, (1, 1)), False),
        ((1, 1, MOST, 1, 10, (1, 1)), True), ((1, 1, MOST + 1, 1, 10, (1, 1)), False), ((1, 4, 4, 2, 8, (1, 1)), False),
        ((1, 4, 4, 1, MOST_CHANNELS + 8, (1, 1)), False),
        ((1, 1, 2**16, 1, 8, (1, 2**13)), True), ((1, 1, 2**17, 1, 8, (1, 2**14)), False),
    ],
)  # fmt: skip
def test_pixels_and_channels(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0, padding="valid"), FILE)) == taken
