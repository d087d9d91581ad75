"""Helium 1x1 convolutions of every second pixel into 8 channels, 64 outputs: the simulator's integers, its ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_words import FILE, SHARES
from edgekit.graph import Graph, Quantization
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.test_mve_strided import ENDS, Layer, eights, found

SHAPES: tuple[Layer, ...] = (
    (1, 15, 15, 8, 2), (1, 16, 16, 8, 2), (2, 7, 15, 8, 2), (2, 4, 31, 8, 3), (1, 8, 16, 8, 1), (1, 3, 64, 8, 2),
)  # fmt: skip
KINDS = {
    f"{a}{b}": [2.0 if i in (a, b) else 1.0 if i == 3 else 0.5 for i in range(4)] for a, b in SHARES
}  # scales of four channels in the order of their vectors


def shared(layer: Layer, last: str, first: str) -> Graph:
    return of_scales(layer, [*KINDS[first], *KINDS[last]])


def of_scales(layer: Layer, by_vector: list[float]) -> Graph:
    """Whose channels have those scales, in the order of their vectors."""
    graph = eights(layer)
    scales = 0.006 * np.array(by_vector).reshape(2, 4)[:, [0, 2, 1, 3]].reshape(-1)
    for name, times in (("weights", 1.0), ("bias", 1 / 255)):
        quantization = Quantization.per_channel((scales * times).astype(np.float32), 0)
        graph.tensors[name] = replace(graph.tensors[name], quantization=quantization)
    return graph


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [shared(SHAPES[0], last, first) for last in KINDS for first in KINDS]
    names = [f"{FILE}_{last}_{first}" for last in KINDS for first in KINDS]
    graphs += [eights(layer) for layer in SHAPES]
    graphs += [eights(SHAPES[1], -4, bias) for bias in ENDS]
    rng = np.random.default_rng(0)
    cases = []
    for i, graph in enumerate(graphs):
        ((number, call),) = found(graph, FILE)
        assert call.kernel == names[i] if i < len(names) else True
        x = graph.tensors["input"].shape
        ends = {"input": rng.choice(np.array([-128, 127], np.int8), (2, *x[1:]))} if i >= len(graphs) - 2 else None
        cases.append(Case(f"words_{i}", graph, i, 2, GUARD, candidate=number, inputs=ends))
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize("layer", [(1, 13, 16, 8, 2), (4, 7, 7, 8, 2), (1, 15, 15, 16, 2), (2, 15, 15, 8, 2)])
def test_other_shapes_are_left_to_other_forms(layer: Layer) -> None:
    assert not found(eights(layer), FILE)


def test_where_it_ends() -> None:
    """Biases; four kinds of shifts among four channels."""
    reach = (ENDS[0] - 1, *ENDS, ENDS[1] + 1)
    assert [bool(found(eights(SHAPES[1], -4, bias), FILE)) for bias in reach] == [False, True, True, False]
    three, four = KINDS["12"], [2.0, 1.0, 0.5, 0.25]
    assert found(of_scales(SHAPES[0], [*three, *three]), FILE)
    assert not found(of_scales(SHAPES[0], [*three, *four]), FILE) and not found(
        of_scales(SHAPES[0], four + three), FILE
    )
