"""Means and sums over axes next to each other, on an emulated Cortex-M55."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from tests.firmware import reductions
from tests.firmware.proof import first_forms, prove

CORE, TARGET = "cortex-m55", "qemu-m55"


@pytest.mark.parametrize("operator", ["mean", "sum"])
def test_exact_on_the_emulated_core(operator: str, tmp_path: Path) -> None:
    cases = list(reductions.cases(operator, (1.0, 0.7, 1.9, 0.31)))
    kernels = [c.kernel for case in cases for c in first_forms(case.graph, CORE) if isinstance(c, Call)]
    assert kernels.count("reduce_mve") >= 12 and kernels.count("reduce_lines_mve") >= 3, kernels
    prove(cases, TARGET, tmp_path / "program")


def _kernels(graph: Graph) -> list[str]:
    return [c.kernel for c in candidates_of(graph, graph.nodes[0], CORE) if isinstance(c, Call)]


def test_where_it_has_no_form() -> None:
    """Axes apart, multipliers that do not shift to the right, and sums that may wrap around."""
    assert _kernels(reductions.graph("mean", *reductions.APART)) == ["reduce"]
    assert _kernels(reductions.graph("sum", (1, 4, 4, 8), (1, 2), 1 / 8)) == ["reduce"]
    shape = (1, 1 << 12, 1 << 11, 2)  # times 255 just below 2^31
    assert _kernels(reductions.graph("mean", shape, (1, 2), zeros=(-128, 0))) == ["reduce_mve", "reduce"]
    assert _kernels(reductions.graph("mean", (1, 1 << 12, 1 << 12, 2), (1, 2), zeros=(-128, 0))) == ["reduce"]
