"""The kernels of one output give the simulator's integers: on the host, by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.dsp import (
    conv_2d,
    conv_2d_one,
    conv_2d_to_1,
    fully_connected,
    fully_connected_one,
    fully_connected_to_1,
)
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

KERNEL, SINGLE = "pointwise_one_dsp", "fully_connected_to_1_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1e-7, 1.0))  # the last makes channels constants


@pytest.fixture(autouse=True)
def only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for operator, forms in (
        (conv_2d, (conv_2d_one, conv_2d_to_1)),
        (fully_connected, (fully_connected_one, fully_connected_to_1)),
    ):
        first = [module.form for module in forms]
        monkeypatch.setattr(operator, "form", lambda *a, first=first: [c for form in first if (c := form(*a))])


def cases() -> Iterator[Case]:
    """All widths, odd and even pixels, one pair and many."""
    rng = np.random.default_rng(59)
    for i, inputs in enumerate((8, 16, 24, 32, 40, 48, 56, 64) * 2):
        size = ((1, 2), (1, 3), (5, 5), (4, 6), (12, 12))[i % 5]
        graph = layer_graph("conv_2d", (1 + i % 2, *size, inputs), 1, (1, 1), 1, SCALES[i % 4], rng)
        yield Case(f"one_{i}", graph, i, 2, proof.GUARD)
    for batches in (2, 3, 4):
        graph = layer_graph("fully_connected", (batches, 16 * batches), 1, (1, 1), 1, SCALES[batches % 3], rng)
        yield Case(f"one_samples_{batches}", graph, batches, 2, proof.GUARD)


def single() -> Iterator[Case]:
    """Around whole sixteens, one sample and several, pixels with and without gaps."""
    rng = np.random.default_rng(61)
    for i, inputs in enumerate((4, 8, 12, 16, 20, 36, 60, 64, 72, 100, 124, 128, 140)):
        both = inputs % 8 == 0 and inputs <= 64
        for batches in (1, 2, 3):
            graph = layer_graph("fully_connected", (batches, inputs), 1, (1, 1), 1, SCALES[i % 4], rng)
            yield Case(f"single_{inputs}_{batches}", graph, i, 2, proof.GUARD, candidate=int(both and batches > 1))
        op = Conv2D(((2, 2), (1, 3), (2, 1))[i % 3])
        graph = layer_graph("conv_2d", (1 + i % 2, 6, 7, inputs), 1, (1, 1), 1, SCALES[i % 4], rng, op)
        yield Case(f"single_pixels_{inputs}", graph, i, 2, proof.GUARD)


CASES = [*cases(), *single()]


def test_the_cases_take_the_form() -> None:
    for case in CASES:
        call = proof.first_forms(case.graph, "cortex-m4", case.candidate)[0]
        assert isinstance(call, Call)
        assert call.file == (SINGLE if case.name.startswith("single") else KERNEL), case.name


@pytest.mark.parametrize(
    ("inputs", "outputs", "taken"), [(140, 1, True), (144, 1, False), (30, 1, False), (16, 2, False)]
)
def test_one_output_of_whole_words(inputs: int, outputs: int, taken: bool) -> None:
    graph = layer_graph("fully_connected", (1, inputs), outputs, (1, 1), 1, SCALES[0], np.random.default_rng(0))
    call = proof.first_forms(graph, "cortex-m4")[0]
    assert isinstance(call, Call)
    assert (call.file == SINGLE) == taken


@pytest.mark.parametrize(
    ("shape", "outputs", "op"),
    [
        ((1, 3, 4, 16), 2, Conv2D()),
        ((1, 3, 4, 12), 1, Conv2D()),
        ((1, 3, 4, 72), 1, Conv2D()),
        ((1, 1, 1, 16), 1, Conv2D()),
        ((1, 4, 4, 16), 1, Conv2D((2, 2))),
        ((1, 3, 4, 16), 1, Conv2D(activation="relu6")),
    ],
)
def test_other_layers_take_other_forms(shape: tuple[int, ...], outputs: int, op: Conv2D) -> None:
    graph = layer_graph("conv_2d", shape, outputs, (1, 1), 1, (1.0, 40.0), np.random.default_rng(0), op)
    call = proof.first_forms(graph, "cortex-m4")[0]
    assert isinstance(call, Call)
    assert call.kernel != KERNEL
