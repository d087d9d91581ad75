"""Helium 1x1 convolutions of 8 into 4 channels, shifts in pairs: the simulator's integers, and where the form ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_shifts import FILE
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_weight
from tests.firmware.test_mve_groups import Layer, graph_of

LAYER: Layer = (1, 12, 12, 8, 4)
ALIKE = ((1, 1, 1, 1), (1, 1, 4, 4), (4, 4, 1, 1), (1, 4, 1, 4))  # powers of two between channels' scales
UNLIKE = ((1, 4, 4, 1), (1, 1, 1, 4), (1, 2, 4, 4))


def of(powers: tuple[int, ...], i: int, layer: Layer = LAYER) -> Graph:
    graph = graph_of(layer, i)
    for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
        q = t.quantization
        assert q is not None
        scale = np.asarray(np.float32(np.min(q.scale)) * np.array(powers), np.float32)
        graph.tensors[t.name] = replace(t, quantization=replace(q, scale=scale))
    return graph


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [of(powers, i) for i, powers in enumerate(ALIKE)]
    graphs.append(of(ALIKE[1], 4, (4, 4, 9, 8, 4)))
    cases, seen = list[Case](), set()
    for i, graph in enumerate(graphs):
        ((number, call),) = found(graph)
        seen.add(call.kernel)
        cases.append(Case(f"shifts_{i}", graph, i, 2, GUARD, candidate=number))
    assert len(seen) == 2
    rng = np.random.default_rng(0)
    for i, powers in enumerate(ALIKE):
        graph = scaled(of(powers, 3), 8)
        ((number, _),) = found(graph)
        inputs = {"input": rng.choice(np.array([-128, 127], np.int8), (2, 12, 12, 8))}
        cases.append(Case(f"ends_{i}", graph, i, 2, GUARD, candidate=number, inputs=inputs))
    prove(cases, "qemu-m55", tmp_path / "program")


def test_other_layers_are_left_to_other_forms() -> None:
    """Shifts otherwise, other pixels and channels; a weight of -128 has no negative."""
    assert not any(found(of(powers, 0)) for powers in UNLIKE)
    assert not any(found(graph_of(layer, 0)) for layer in ((1, 12, 11, 8, 4), (1, 12, 12, 7, 4), (1, 12, 12, 8, 3)))
    assert [bool(found(scaled(of(ALIKE[0], 3), factor))) for factor in (64, 256)] == [True, False]
    graph = of(ALIKE[0], 0)
    assert [bool(found(with_weight(graph, (3, 0, 0, 5), w))) for w in (-127, -128)] == [True, False]
