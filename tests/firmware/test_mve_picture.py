"""Helium convolutions of three channels into one, three and ten: the simulator's integers, and where the forms end."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from tests.firmware.proof import Case, prove
from tests.firmware.scales import scaled
from tests.firmware.test_mve_few import Layer, call_of, graph_of, limited

SAME: Padding = "same"
TRIOS, TENS, SOLOS = (f"conv_2d_{name}_mve" for name in ("trios", "tens", "solos"))
# kernel; batches, height, width, input and output channels, width of the window, stride, padding
LAYERS: tuple[tuple[str, Layer], ...] = (
    (f"{TRIOS}_by_1", (1, 12, 12, 3, 3, 3, (1, 1), SAME)), (f"{TRIOS}_by_1", (3, 7, 26, 3, 3, 3, (1, 1), SAME)),
    (f"{TRIOS}_by_1", (1, 6, 6, 3, 3, 3, (1, 1), "valid")), (f"{TRIOS}_by_2", (2, 14, 16, 3, 3, 3, (2, 2), SAME)),
    (f"{TRIOS}_by_2", (1, 9, 13, 3, 3, 3, (2, 2), SAME)), (f"{TRIOS}_by_2", (1, 12, 10, 3, 3, 3, (2, 2), "valid")),
    (f"{TRIOS}_by_1", (1, 13, 5, 3, 3, 3, (1, 1), SAME)), (f"{TRIOS}_13", (1, 13, 13, 3, 3, 3, (2, 2), SAME)),
    (f"{TENS}_by_1", (1, 6, 5, 3, 10, 3, (1, 1), SAME)), (f"{TENS}_by_2", (1, 6, 6, 3, 10, 3, (2, 2), SAME)),
    (f"{TENS}_by_1", (2, 5, 8, 3, 10, 3, (1, 1), SAME)), (f"{TENS}_by_1", (1, 6, 6, 3, 10, 3, (1, 1), "valid")),
    (f"{TENS}_by_2", (1, 13, 13, 3, 10, 3, (2, 2), SAME)), (f"{TENS}_by_2", (3, 6, 16, 3, 10, 3, (2, 2), SAME)),
    (f"{SOLOS}_12", (1, 12, 12, 3, 1, 3, (1, 1), SAME)), (f"{SOLOS}_13", (1, 13, 13, 3, 1, 3, (2, 2), SAME)),
)  # fmt: skip
ONE_SIZE = [one for one in LAYERS if one[0].startswith(SOLOS) or one[0].endswith("13")]


def case_of(kernel: str, graph: Graph, name: str, seed: int) -> Case:
    found = call_of(graph, kernel)
    assert found is not None, (kernel, name)
    return Case(name, graph, seed, 2, 64, candidate=found[0])


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases = [case_of(kernel, graph_of(layer, i), f"one_{i}", i) for i, (kernel, layer) in enumerate(LAYERS)]
    for i, (kernel, layer) in enumerate(ONE_SIZE):  # other weights, shifts of both ends, sums that saturate
        for j, factor in enumerate((1.0, 2.0**-2, 2.0**5)):
            cases.append(case_of(kernel, scaled(graph_of(layer, 50 + 3 * i + j), factor), f"sized_{i}_{j}", j))
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("kernel", "layer"),
    [
        (f"{TRIOS}_by_1", (1, 12, 3, 3, 3, 3, (1, 1), SAME)), (f"{TRIOS}_by_1", (1, 12, 28, 3, 3, 3, (1, 1), SAME)),
        (f"{TRIOS}_by_1", (1, 12, 12, 3, 4, 3, (1, 1), SAME)), (f"{TRIOS}_by_1", (1, 1, 24, 3, 3, 3, (1, 1), SAME)),
        (f"{TRIOS}_by_1", (1, 30, 26, 3, 3, 3, (1, 1), SAME)), (f"{TRIOS}_by_1", (1, 12, 12, 3, 3, 2, (1, 1), SAME)),
        (f"{TRIOS}_by_1", (1, 3, 4, 3, 3, 3, (1, 1), SAME)),  # less than 64 bytes
        (f"{TRIOS}_by_2", (1, 12, 12, 3, 3, 3, (1, 2), SAME)), (f"{TRIOS}_by_2", (1, 13, 22, 3, 3, 3, (2, 2), SAME)),
        (f"{TRIOS}_13", (2, 13, 13, 3, 3, 3, (2, 2), SAME)), (f"{TRIOS}_13", (1, 12, 13, 3, 3, 3, (2, 2), SAME)),
        (f"{TENS}_by_1", (1, 9, 9, 3, 10, 3, (1, 1), SAME)), (f"{TENS}_by_1", (1, 4, 16, 3, 10, 3, (1, 1), SAME)),
        (f"{SOLOS}_12", (2, 12, 12, 3, 1, 3, (1, 1), SAME)), (f"{SOLOS}_12", (1, 12, 13, 3, 1, 3, (1, 1), SAME)),
        (f"{SOLOS}_12", (1, 14, 14, 3, 1, 3, (1, 1), "valid")), (f"{SOLOS}_13", (1, 13, 13, 3, 1, 3, (1, 1), SAME)),
        (f"{SOLOS}_13", (1, 14, 13, 3, 1, 3, (2, 2), SAME)), (f"{SOLOS}_13", (1, 13, 13, 4, 1, 3, (2, 2), SAME)),
    ],
)  # fmt: skip
def test_not_beside_what_it_is_made_for(kernel: str, layer: Layer) -> None:
    assert call_of(graph_of(layer, 0), kernel) is None


@pytest.mark.parametrize(("kernel", "layer"), [*ONE_SIZE, LAYERS[0], LAYERS[7]])
def test_a_clamp_is_left_to_other_forms(kernel: str, layer: Layer) -> None:
    assert call_of(limited(layer, 0), kernel) is None


@pytest.mark.parametrize("factor", [2.0**-9, 2.0**9])  # beyond both ends of the shifts
def test_shifts_that_a_word_is_not_requantized_by(factor: float) -> None:
    for kernel, layer in LAYERS[-2:]:
        assert call_of(scaled(graph_of(layer, 0), factor), kernel) is None
