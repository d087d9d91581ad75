"""Operands that repeat over the other, on an emulated Cortex-M55."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of, candidates_of
from tests.firmware import broadcasts
from tests.firmware.proof import Case, first_forms, prove

CORE, TARGET = "cortex-m55", "qemu-m55"
INT8 = np.arange(-128, 128, dtype=np.int8)


@pytest.mark.parametrize(("operator", "kernel", "scales"), [
    ("mul", "mul_broadcast_mve", (1.0, 0.3, 0.02, 7.0)), ("add", "add_broadcast_mve", (1.0, 0.77, 2.3)),
    ("sub", "add_broadcast_mve", (1.0, 0.77, 2.3)),
])  # fmt: skip
def test_exact_on_the_emulated_core(operator: str, kernel: str, scales: tuple[float, ...], tmp_path: Path) -> None:
    cases = list(broadcasts.cases(operator, scales))
    kernels = [c.kernel for case in cases for c in first_forms(case.graph, CORE) if isinstance(c, Call)]
    assert kernels.count(kernel) >= len(broadcasts.SHAPES) - 1, kernels
    prove(cases, TARGET, tmp_path / "program")


def test_every_pair(tmp_path: Path) -> None:
    """All 65,536 pairs: each value of b passes over all values of a."""
    inputs = {"a": np.tile(INT8, 256).reshape(256, 256), "b": INT8[:, None]}
    cases = []
    for i, scale in enumerate((1.0, 0.51, 0.0213, 3.7)):
        graph = broadcasts.graph("mul", (256, 256), (256, 1), scale, broadcasts.ZEROS[i])
        (call,) = calls_of(graph, CORE)
        assert isinstance(call, Call) and call.kernel == "mul_broadcast_mve"
        cases.append(Case(f"pairs_{i}", graph, samples=1, inputs=inputs))
    prove(cases, TARGET, tmp_path / "program")


def test_where_it_has_no_form() -> None:
    """Operands that are both broadcast, axes apart, and multipliers that shift to the left."""
    for graph in (
        broadcasts.graph("mul", (1, 4, 4, 8), (1, 1, 1, 8), 1e-4),
        *(broadcasts.graph("mul", *shapes) for shapes in broadcasts.OTHERS[:2]),
    ):
        found = [c.kernel for c in candidates_of(graph, graph.nodes[0], CORE) if isinstance(c, Call)]
        assert found == ["mul"], found
