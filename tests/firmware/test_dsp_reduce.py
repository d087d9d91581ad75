"""Means and sums with the DSP instructions: on the host, by twins, and on emulated cores."""

from __future__ import annotations

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from tests.firmware import proof, reductions
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401

CORE = "cortex-m4"
CASES = [case for operator in ("mean", "sum") for case in reductions.cases(operator, (1.0, 0.7, 1.9, 0.31))]


def test_cases_take_the_form() -> None:
    kernels = [c.kernel for case in CASES for c in proof.first_forms(case.graph, CORE) if isinstance(c, Call)]
    assert kernels.count("reduce_dsp") >= 24 and kernels.count("reduce_lines_dsp") >= 6, kernels


def _kernels(graph: Graph) -> list[str]:
    return [c.kernel for c in candidates_of(graph, graph.nodes[0], CORE) if isinstance(c, Call)]


def test_where_it_has_no_form() -> None:
    """Axes apart, few values next to each other, multipliers from a quarter on, and sums of 2^30."""
    assert _kernels(reductions.graph("mean", *reductions.APART)) == ["reduce"]
    assert _kernels(reductions.graph("mean", (1, 4, 4, 3), (1, 2))) == ["reduce"]
    assert _kernels(reductions.graph("mean", (1, 4, 4, 4), (1, 2))) == ["reduce_dsp", "reduce"]
    assert _kernels(reductions.graph("sum", (1, 4, 4, 8), (1, 2), 1 / 2)) == ["reduce"]
    below, beyond = (1, 1 << 11, 1 << 11, 4), (1, 1 << 11, 1 << 12, 4)
    assert _kernels(reductions.graph("mean", below, (1, 2), zeros=(-128, 0))) == ["reduce_dsp", "reduce"]
    assert _kernels(reductions.graph("mean", beyond, (1, 2), zeros=(-128, 0))) == ["reduce"]
