"""Helium 1x1 convolutions of 8 channels, sums of sums: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_chains import FILE as CHAINS
from edgekit.backends.c.forms.mve.conv_2d_pointwise_chains_four import FILE as FOUR
from edgekit.backends.c.forms.mve.conv_2d_pointwise_chains_odd import FILE as ODD
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_weight, with_zero_point
from tests.firmware.test_mve_groups import Layer, graph_of

LAYERS: tuple[tuple[Layer, int], ...] = (  # and how many forms they have
    ((1, 12, 12, 8, 8), 3), ((1, 12, 12, 8, 10), 1), ((2, 9, 8, 8, 16), 1), ((4, 3, 3, 8, 8), 1), ((1, 8, 8, 8, 8), 1),
    ((1, 12, 12, 8, 4), 2), ((1, 12, 12, 8, 3), 3), ((1, 1, 64, 8, 2), 1), ((3, 5, 13, 8, 3), 1), ((1, 1, 8, 8, 4), 1),
    ((1, 1, 9, 8, 1), 1), ((1, 8, 32, 8, 4), 1),
    ((4, 1, 17, 8, 8), 1), ((1, 10, 10, 8, 8), 1), ((1, 14, 14, 8, 8), 3),
    ((1, 16, 16, 8, 8), 2), ((1, 11, 11, 8, 8), 2), ((3, 11, 23, 8, 8), 2), ((1, 8, 16, 8, 8), 2),
    ((1, 1, 247, 8, 8), 2), ((1, 1, 127, 8, 8), 1),
    ((1, 7, 7, 8, 8), 1), ((1, 5, 5, 8, 8), 1),
    # other pixels and channels
    ((1, 8, 15, 8, 8), 0), ((1, 10, 10, 8, 10), 0), ((1, 12, 12, 8, 12), 0),
    ((1, 12, 12, 7, 8), 0), ((1, 12, 12, 8, 5), 0), ((1, 1, 7, 8, 4), 0), ((1, 12, 12, 7, 4), 0),
)  # fmt: skip
ENDS = 18  # that also have inputs at either end


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file in (CHAINS, FOUR, ODD)]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases: list[Case] = []
    seen = set()
    for i, (layer, forms) in enumerate(LAYERS):
        graph = graph_of(layer, i)
        calls = found(graph)
        assert len(calls) == forms, layer
        seen |= {call.kernel for _, call in calls}
        cases += [Case(f"chains_{i}_{number}", graph, i, 2, GUARD, candidate=number) for number, _ in calls]
    assert len(seen) == 17
    rng = np.random.default_rng(0)
    graphs = [scaled(graph_of(layer, 3), factor) for layer, _ in LAYERS[:ENDS] for factor in (16, 32)]
    for i, graph in enumerate(graphs):
        batches, *shape = graph.tensors["input"].shape
        inputs = {"input": rng.choice(np.array([-128, 127], np.int8), (2 * batches, *shape))}
        cases += [Case(f"ends_{i}_{number}", graph, i, 2, GUARD, candidate=number, inputs=inputs)
                  for number, _ in found(graph)]  # fmt: skip
    prove(cases, "qemu-m55", tmp_path / "program")


def test_other_layers_are_left_to_other_forms() -> None:
    """Strides, a clamp inside int8, outputs of more than 16 bits; a weight of -128 has no negative."""
    layer = LAYERS[0][0]
    assert not found(graph_of(layer, 0, (1, 2))) and not found(graph_of(layer, 0, (2, 1)))
    assert not found(with_zero_point(graph_of(layer, 0, activation="relu"), -5))
    assert [bool(found(scaled(graph_of(layer, 3), factor))) for factor in (32, 64)] == [True, False]
    graph = graph_of(layer, 0)
    assert [bool(found(with_weight(graph, (3, 0, 0, 5), w))) for w in (-127, -128)] == [True, False]
