"""Winograd's convolution gives the simulator's integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.forms.dsp import conv_2d, conv_2d_winograd
from edgekit.backends.c.options import Options
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

KERNEL = "conv_2d_winograd_dsp"


@pytest.fixture(autouse=True)
def only_winograd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conv_2d, "form", conv_2d_winograd.form)


def shaped() -> Iterator[Case]:
    """Sizes around whole blocks, one to three parts of channels, both paddings, weights and data at both ends."""
    rng = np.random.default_rng(31)
    sizes = [(1, 1), (2, 4), (4, 6), (5, 5), (6, 9), (3, 8), (7, 2), (8, 7), (10, 4), (4, 3)]
    for i, size in enumerate(sizes):
        in_c, out_c = (4, 16, 3, 64, 68, 8, 130, 1, 16, 21)[i], (2, 4, 8, 2, 6, 2, 2, 10, 16, 4)[i]
        scale = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1e-7, 1.0))[i % 4]
        op = Conv2D(padding="valid" if i % 3 == 2 else "same")
        graph = layer_graph("conv_2d", (1 + i % 2, *size, in_c), out_c, (3, 3), 1, scale, rng, op)
        yield Case(f"shaped_{i}", graph, i, 2, proof.GUARD)


CASES = list(shaped())


def test_the_cases_take_the_form() -> None:
    calls = [calls_of(case.graph, "cortex-m4")[0] for case in CASES]
    assert all(isinstance(call, Call) and call.kernel == KERNEL for call in calls)


def test_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = proof.options_for

    def as_m4(target: str) -> Options:
        return plain(target).model_copy(update={"core": "cortex-m4"})

    monkeypatch.setattr(proof, "options_for", as_m4)
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES, target, tmp_path)
