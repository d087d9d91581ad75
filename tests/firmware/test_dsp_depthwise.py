"""The depthwise DSP form gives the simulator's integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.options import Options
from tests.firmware import proof
from tests.firmware.cases import operator_cases
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

KERNEL = "depthwise_conv_2d_dsp"


def shaped() -> Iterator[Case]:
    """Even and odd sizes of both orientations, channels around 4, kernels up to 3x3, both strides, two batches."""
    rng = np.random.default_rng(11)
    sizes = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (4, 7), (9, 2), (5, 6), (12, 12)]
    for i, size in enumerate(sizes):
        for k, (kernel, stride) in enumerate((((3, 3), 1), ((3, 3), 2), ((2, 3), 1), ((3, 1), 2))):
            channels = (1, 3, 4, 5, 8, 10)[(i + k) % 6]
            scale = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.4))[int(rng.integers(0, 3))]
            graph = layer_graph("depthwise_conv_2d", (1 + i % 2, *size, channels), channels, kernel, stride, scale, rng)
            yield Case(f"shaped_{i}_{k}", graph, i, 2, proof.GUARD)


CASES = [*shaped(), *operator_cases("depthwise_conv_2d", 0, 40, guard=proof.GUARD)]


def kernels(cases: list[Case]) -> list[str]:
    calls = [calls_of(case.graph, "cortex-m4")[0] for case in cases]
    return [call.kernel for call in calls if isinstance(call, Call)]


def test_which_cases_take_the_form() -> None:
    assert kernels(CASES[:36]).count(KERNEL) >= 30
    assert kernels(CASES[36:]).count(KERNEL) < 40


def test_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = proof.options_for

    def as_m4(target: str) -> Options:
        return plain(target).model_copy(update={"core": "cortex-m4"})

    monkeypatch.setattr(proof, "options_for", as_m4)
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES, target, tmp_path)
