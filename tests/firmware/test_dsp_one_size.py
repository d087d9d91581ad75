"""Convolutions of one channel of one size give the simulator's integers: on the host by C twins, on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

TWELVE, THIRTEEN, TO_1 = "conv_2d_twelve_dsp", "conv_2d_thirteen_dsp", "conv_2d_thirteen_to_1_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1e-7, 1.0))  # the last makes channels constants
SIZES = [(12, 1), (12, 3), (13, 1), (13, 3), (13, 4)]  # side, channels of the output


def made(graph: Graph) -> dict[int, Call]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return {k: c for k, c in enumerate(found) if not isinstance(c, Alias) and c.file in (TWELVE, THIRTEEN, TO_1)}


def drawn() -> Iterator[tuple[str, Graph]]:
    rng = np.random.default_rng(83)
    for i, (side, out_c) in enumerate(SIZES * 4):
        shape = (1 + i % 3, side, side, 1)
        graph = layer_graph("conv_2d", shape, out_c, (3, 3), side - 11, SCALES[i // 5], rng)
        yield f"side_{side}_into_{out_c}_{i}", graph


CASES = [
    Case(f"{name}_{k}", graph, i, 2, proof.GUARD, candidate=k)
    for i, (name, graph) in enumerate(drawn())
    for k in made(graph)
]


def test_cases_of_every_kind() -> None:
    calls = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    kinds = {c.kernel for c in calls if isinstance(c, Call)}
    assert kinds == {f"conv_2d_{'twelve' if side == 12 else 'thirteen'}_to_{c}_dsp" for side, c in SIZES}
    images = {(c.file, c.fields["images"]) for c in calls if isinstance(c, Call)}
    assert images >= set(product((TWELVE, THIRTEEN, TO_1), (1, 2, 3)))


@pytest.mark.parametrize(("shape", "out_c", "stride", "padding", "taken"), [
    ((12, 12, 1), 1, 1, "same", True), ((12, 12, 1), 3, 1, "same", True), ((12, 12, 1), 2, 1, "same", False),
    ((12, 12, 1), 1, 1, "valid", False), ((12, 12, 1), 1, 2, "same", False), ((12, 13, 1), 1, 1, "same", False),
    ((13, 12, 1), 1, 1, "same", False), ((12, 12, 2), 1, 1, "same", False),
    ((13, 13, 1), 1, 2, "same", True), ((13, 13, 1), 4, 2, "same", True), ((13, 13, 1), 2, 2, "same", False),
    ((13, 13, 1), 1, 1, "same", False), ((13, 13, 1), 1, 2, "valid", False), ((13, 11, 1), 1, 2, "same", False),
    ((15, 13, 1), 1, 2, "same", False),
])  # fmt: skip
def test_conditions(shape: tuple[int, int, int], out_c: int, stride: int, padding: Padding, taken: bool) -> None:
    op, rng = Conv2D((stride, stride), padding=padding), np.random.default_rng(0)
    assert bool(made(layer_graph("conv_2d", (1, *shape), out_c, (3, 3), 1, SCALES[0], rng, op))) == taken


@pytest.mark.parametrize(("side", "out_c", "scale", "taken"), [
    (12, 1, 40.0, True), (12, 1, 4.1, False), (12, 3, 4.1, True), (13, 1, 4.1, False), (13, 4, 40.0, True),
    (13, 4, 4.1, False),
])  # fmt: skip
def test_outputs_within_a_halfword(side: int, out_c: int, scale: float, taken: bool) -> None:
    """Where outputs are packed or saturated as halfwords: multipliers near a quarter lead out of them."""
    rng = np.random.default_rng(19)
    graph = layer_graph("conv_2d", (1, side, side, 1), out_c, (3, 3), side - 11, (1.0, scale), rng)
    assert bool(made(graph)) == taken
