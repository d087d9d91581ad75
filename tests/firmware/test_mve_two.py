"""Helium convolutions of pictures of two channels of one size: the simulator's integers, and where the forms end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.forms.mve.conv_2d_two_apart import FILE as APART
from edgekit.backends.c.forms.mve.conv_2d_two_words import FILE as WORDS
from edgekit.graph.operator import Padding
from tests.firmware.proof import Case, prove
from tests.firmware.test_mve_few import Layer, graph_of, limited
from tests.firmware.test_mve_spans import spans_of

SAME: Padding = "same"
# batches, height, width, input and output channels, width of the window, stride, padding
LAYERS: tuple[Layer, ...] = tuple(
    (b, 12, 12, 2, c, 3, (1, 1), SAME) for b, c in ((1, 1), (3, 1), (1, 2), (2, 3), (1, 4))
)
APART_LAYERS: tuple[Layer, ...] = tuple(
    (b, 13, 13, 2, c, 3, (2, 2), SAME) for b, c in ((1, 1), (2, 1), (1, 3), (3, 3), (1, 4), (2, 4))
)


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    """Inputs of both ends too, where sums are largest."""
    cases, seen = [], set[str]()
    for i, layer in enumerate((*LAYERS, *APART_LAYERS)):
        graph = graph_of(layer, i)
        found = spans_of(graph, WORDS if layer in LAYERS else APART)
        assert found is not None, layer
        seen.add(found[1].kernel)
        shape = graph.tensors["input"].shape
        rng = np.random.default_rng(i)
        inputs = np.concatenate(
            [rng.integers(-128, 128, shape, np.int8), rng.choice([-128, 127], shape).astype(np.int8)]
        )
        cases.append(Case(f"two_{i}", graph, i, 2, 64, candidate=found[0], inputs={"input": inputs}))
    assert seen == {f"{WORDS}_one", f"{WORDS}_several", *(f"{APART}_{c}" for c in (1, 3, 4))}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    "layer",
    [
        (1, 12, 12, 2, 5, 3, (1, 1), SAME), (1, 12, 12, 3, 1, 3, (1, 1), SAME), (1, 12, 14, 2, 1, 3, (1, 1), SAME),
        (1, 14, 12, 2, 1, 3, (1, 1), SAME), (1, 12, 12, 2, 1, 2, (1, 1), SAME), (1, 12, 12, 2, 1, 3, (2, 2), SAME),
        (1, 14, 14, 2, 1, 3, (1, 1), "valid"),
        (1, 13, 13, 2, 5, 3, (2, 2), SAME), (1, 13, 13, 2, 2, 3, (2, 2), SAME), (1, 13, 13, 3, 4, 3, (2, 2), SAME),
        (1, 15, 13, 2, 4, 3, (2, 2), SAME), (1, 13, 14, 2, 4, 3, (2, 2), SAME), (1, 13, 13, 2, 4, 3, (1, 2), SAME),
    ],
)  # fmt: skip
def test_not_beside_what_it_is_made_for(layer: Layer) -> None:
    graph = graph_of(layer, 0)
    assert spans_of(graph, WORDS) is None and spans_of(graph, APART) is None


def test_a_clamp_is_left_to_other_forms() -> None:
    assert spans_of(limited(LAYERS[0], 0), WORDS) is None
    assert spans_of(limited(APART_LAYERS[0], 0), APART) is None


@pytest.mark.parametrize(("layer", "file"), [(LAYERS[0], WORDS), (APART_LAYERS[0], APART)])
@pytest.mark.parametrize(("factor", "taken"), [(4, True), (16, False)])
def test_outputs_beyond_16_bits_are_left_to_other_forms(layer: Layer, file: str, factor: int, taken: bool) -> None:
    """18 products of 127 and 255 times a multiplier that the factor makes larger."""
    graph = graph_of(layer, 0)
    weights = graph.tensors["weights"]
    assert weights.quantization is not None
    scale = np.float32(factor * 0.01) * np.ones_like(weights.quantization.scale)
    graph.tensors["weights"] = replace(
        weights, data=np.full_like(weights.data, 127), quantization=replace(weights.quantization, scale=scale)
    )
    assert (spans_of(graph, file) is not None) == taken
