"""The Helium kernels on an emulated Cortex-M55: the simulator's integers, whatever the shape, scales and data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgekit import plugins
from edgekit.backends.c.forms.mve import _pack
from edgekit.graph import Graph
from edgekit.reference.arithmetic import divide_by_power_of_two, high_mul
from tests.firmware.cases import operator_cases
from tests.firmware.proof import Case, first_forms, prove
from tests.firmware.shapes import layer_graph

TARGET = "qemu-m55"
OPERATORS = plugins.names("edgekit.backends.c.forms.mve")
GUARD = 64


def shaped() -> Iterator[Case]:
    """Every path of the blocking: windows around 16 and 64 bytes, channels around 8, the general requantization."""
    rng = np.random.default_rng(5)
    for i, in_c in enumerate((1, 3, 15, 16, 17, 31, 32, 47, 48, 64, 65, 80, 96, 112, 128, 144)):
        out_c = int(rng.integers(1, 20))
        for operator, shape, kernel in (("conv_2d", (1, 3, 4), (1, 1)), ("conv_2d", (2, 4, 5), (3, 2))):
            for scale in ((1e-3, 0.3), (1.0, 1e-3), (1e-7, 1.0))[:: 1 if i % 4 == 3 else 3]:
                yield _case(operator, (*shape, in_c), out_c, kernel, scale, rng)
        yield _case("fully_connected", (1 + i % 3, in_c), out_c, (1, 1), (1e-3, 0.4), rng)
    for channels in (1, 4, 7, 8, 9, 16, 17):
        for kernel, stride in (((3, 3), 1), ((3, 3), 2), ((2, 5), 1), ((1, 1), 1), ((5, 5), 1)):
            scale = ((1e-3, 0.02), (1.0, 1e-3), (1e-7, 1.0))[int(rng.integers(0, 3))]
            shape = (int(rng.integers(1, 3)), *rng.integers(5, 12, 2).tolist(), channels)
            yield _case("depthwise_conv_2d", shape, channels, kernel, scale, rng, stride)


def _case(operator, shape, out_c, kernel, scale, rng, stride=1) -> Case:  # type: ignore[no-untyped-def]
    _case.count = getattr(_case, "count", 0) + 1  # type: ignore[attr-defined]
    graph: Graph = layer_graph(operator, shape, out_c, kernel, stride, scale, rng)
    return Case(f"shaped_{_case.count}", graph, _case.count, 2, GUARD)  # type: ignore[attr-defined]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases = list(shaped())
    for operator in OPERATORS:
        cases += list(operator_cases(operator, 0, 12, GUARD))
    prove(cases, TARGET, tmp_path / "program")


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_random_layers(operator: str, tmp_path: Path) -> None:
    prove(list(operator_cases(operator, 1000, 150, GUARD)), TARGET, tmp_path / "program")


def test_every_layer_takes_its_helium_form() -> None:
    for operator in OPERATORS:
        kernels = [c.kernel for case in operator_cases(operator, 0, 20) for c in first_forms(case.graph, "cortex-m55")]  # type: ignore[union-attr]
        assert any("_mve" in k for k in kernels), (operator, kernels)


@pytest.mark.parametrize("e", range(1, 31))
def test_second_rounding_by_multiplication(e: int) -> None:
    """VQRDMULH by 2^(31-e) + 1 divides with ties away from zero: as it is in the claimed range, beyond it after the
    clamp to int8 with any zero point for e <= 11. All ties of the int8 range, their neighbours, and both ends."""
    limit = 1 << (31 - e)
    ties = (np.arange(-1200, 1200, dtype=np.int64) * 2 + 1) << (e - 1)
    t = np.concatenate([ties + d for d in (-1, 0, 1)] + [s * limit + np.arange(-3, 4) for s in (-1, 1)])
    t = np.concatenate([t, np.random.default_rng(e).integers(-(1 << 31), 1 << 31, 20_000)])
    t = t[(t >= -(1 << 31)) & (t < 1 << 31)]
    want, got = divide_by_power_of_two(t, e), high_mul(t, limit + 1)
    inside = np.abs(t) < limit
    assert np.array_equal(want[inside], got[inside])
    if e <= 11:
        assert np.array_equal(np.clip(want, -256, 256), np.clip(got, -256, 256))
    shift = np.array([-e])
    assert _pack.scalable(shift, np.array([limit - 1]))
    assert _pack.scalable(shift, np.array([limit])) == (e <= 11)


def test_rounding_by_multiplication_is_refused_outside_its_range() -> None:
    for shift in (-31, 0, 1, 5):
        assert not _pack.scalable(np.array([-5, shift]), np.array([100, 100]))
