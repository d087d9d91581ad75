"""Transposed convolutions with the DSP instructions give the simulator's integers: C twins, and emulated cores."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from edgekit.backends.c.forms.dsp import transpose_conv
from edgekit.graph import Graph
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.transposed import drawn, transposed

KERNEL, RELU = "transpose_conv_dsp", "transpose_conv_relu_dsp"


def _asked() -> Iterator[tuple[str, Graph]]:
    for graph in drawn(48):
        kernels = found(graph)
        yield from ((kernel, graph) for kernel in (KERNEL, RELU) if kernel in kernels)


CASES = cases_of(_asked())


def test_all_functions_are_proven() -> None:
    assert kernels_of(CASES) == {KERNEL, RELU}
    assert sum(case.name.startswith(RELU) for case in CASES) >= 6
    assert len(CASES) >= 40


@pytest.mark.parametrize(
    ("in_c", "kernel", "stride", "taken"),
    [
        (4, (2, 2), (2, 2), True),
        (3, (2, 2), (2, 2), False),  # rows of taps of less than a word
        (2, (3, 3), (2, 2), False),  # of one of the phases
        (2, (4, 4), (2, 2), True),
        (4, (1, 2), (2, 2), False),  # outputs that nothing reaches
        (4, (2, 1), (2, 2), False),
    ],
)
def test_which_layers_it_takes(in_c: int, kernel: tuple[int, int], stride: tuple[int, int], taken: bool) -> None:
    graph = transposed((1, 4, 5, in_c), 4, kernel, stride, (8, 10), np.random.default_rng(1))
    assert (transpose_conv.FILE in found(graph)) is taken
