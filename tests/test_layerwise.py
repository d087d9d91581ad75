"""Layers by themselves, and bounds."""

from __future__ import annotations

import math

import numpy as np

from edgekit import layerwise
from edgekit.reference import Simulator
from edgekit.verification import LayerDifference, Verification, random_inputs
from tests.backends.graphs import small_int8


def test_layers_apart_compute_what_they_compute_together() -> None:
    graph = small_int8()
    inputs = random_inputs(graph, 3)
    together = {**inputs, **Simulator(graph).run(inputs, layers=True)}
    cut, given = layerwise.apart(graph)
    cut.validate()
    assert set(given.values()) == {"x", "y"} and cut.outputs == ["y", "z"]
    found = Simulator(cut).run({own: together[name] for own, name in given.items()})
    assert all(np.array_equal(found[name], together[name]) for name in cut.outputs)
    assert graph.fingerprint() == small_int8().fingerprint()


def test_a_changed_input_moves_only_its_reader() -> None:
    graph = small_int8()
    inputs = random_inputs(graph, 1)
    cut, given = layerwise.apart(graph)
    (own,) = (own for own, name in given.items() if name == "y")
    found = Simulator(cut).run({**inputs, own: np.full((1, 5, 5, 8), 7, np.int8)})
    assert (found["z"] == 7).all() and not (found["y"] == 7).all()


def test_samples_are_taken_along_axis_0() -> None:
    graph = small_int8()
    arrays = random_inputs(graph, 4)
    parts = layerwise.samples(graph, arrays, 4)
    assert [part["x"].shape for part in parts] == [(1, 9, 9, 3)] * 4
    assert np.array_equal(np.concatenate([part["x"] for part in parts]), arrays["x"])


def test_bounds_hold_up_to_their_value_and_never_for_the_unknown() -> None:
    graph = small_int8()
    node, zero = graph.nodes[0], np.zeros((1, 5, 5, 8), np.int8)
    one = layerwise.difference(graph, node, "y", [zero + 1], [zero], 1.0)
    two = layerwise.difference(graph, node, "y", [zero + 2], [zero], 1.0)
    none = layerwise.difference(graph, node, "y", [zero], [zero], 0.0)
    unknown = LayerDifference("y", "conv_2d", 200, 200, math.nan)
    assert (one.differing, one.largest) == (200, 1.0)
    assert [layer.holds for layer in (one, two, none, unknown)] == [True, False, True, False]

    def proof(*layers: LayerDifference) -> Verification:
        return Verification("a", "b", "tflm", 1, layers)

    assert proof(none).exact and proof(none).holds
    assert proof(one).holds and not proof(one).exact
    assert not proof(one, two).holds and proof(one, two).first_failure is two
    assert not Verification("a", "b", "tflm", 1, (none,), (one,)).exact  # the whole network differs
