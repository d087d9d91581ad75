"""The DSP forms give the simulator's integers: on the host, by C twins of the instructions, and on emulated cores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.dsp._requantize import fold
from edgekit.backends.c.options import Options
from edgekit.reference.arithmetic import multiply, quantize_multiplier
from tests.firmware import proof
from tests.firmware.cases import operator_cases

CASES = list(operator_cases("conv_2d", 0, 60, guard=proof.GUARD))


def test_most_cases_take_the_dsp_form() -> None:
    calls = [proof.first_forms(case.graph, "cortex-m4")[0] for case in CASES]
    taken = sum(isinstance(call, Call) and call.kernel == "conv_2d_dsp" for call in calls)
    assert taken >= 10, f"{taken} of {len(calls)}"


def test_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = proof.options_for

    def as_m4(target: str) -> Options:
        return plain(target).model_copy(update={"core": "cortex-m4"})

    monkeypatch.setattr(proof, "options_for", as_m4)
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES, target, tmp_path)


@pytest.mark.parametrize("e", range(2, 13))
def test_requantization_at_every_tie(e: int) -> None:
    """Accumulators around each tie of the second rounding, and the largest, against the reference arithmetic."""
    real = 0.73 * 2.0**-e
    m, shift = quantize_multiplier(real)
    assert shift == -e
    folded = fold(np.zeros((1, 1), np.int8), np.array([(1 << 30) - 1]), 0, np.array([real]))
    assert folded is not None
    ties = (np.arange(-300, 300) + 0.5) * 2.0**e / 0.73
    a = np.unique(np.rint(ties[:, None] + np.arange(-3, 4)).astype(np.int64))
    a = np.concatenate([a, [-(1 << 30) + 1, (1 << 30) - 1]])
    t = (2 * a * m + (1 << 31)) >> 32
    for zero in (-128, -7, 0, 127):
        found = np.clip(((t * int(folded.divider[0]) + (1 << 31)) >> 32) + zero, -128, 127)
        expected = np.clip(multiply(a, m, shift) + zero, -128, 127)
        np.testing.assert_array_equal(found, expected)
