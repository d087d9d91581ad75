"""Operands that repeat over the other with the DSP instructions: on the host, by twins, and on emulated cores."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from tests.firmware import broadcasts, proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401

CORE = "cortex-m4"
INT8 = np.arange(-128, 128, dtype=np.int8)
PAIRS = {"a": np.tile(INT8, 256).reshape(256, 256), "b": INT8[:, None]}

CASES = list(broadcasts.cases("mul", (1.0, 0.3, 0.02, 7.0)))
CASES += [case for operator in ("add", "sub") for case in broadcasts.cases(operator, (1.0, 0.77, 2.3))]
CASES += [
    proof.Case(
        f"pairs_{i}", broadcasts.graph("mul", (256, 256), (256, 1), scale, broadcasts.ZEROS[i]), 0, 1, inputs=PAIRS
    )
    for i, scale in enumerate((1.0, 0.51, 3.7))
]


def test_cases_take_the_form() -> None:
    kernels = [c.kernel for case in CASES for c in proof.first_forms(case.graph, CORE) if isinstance(c, Call)]
    assert kernels.count("add_broadcast_dsp") >= 16, kernels
    assert kernels.count("mul_broadcast_dsp") >= len(broadcasts.SHAPES) + 2, kernels


def test_where_it_has_no_form() -> None:
    """Operands that are both broadcast, axes apart, and multipliers from a quarter on."""
    for graph in (
        broadcasts.graph("mul", (1, 4, 4, 8), (1, 1, 1, 8), 1e-4),
        broadcasts.graph("mul", (1, 4, 4, 8), (1, 1, 1, 8), 0.01),
        *(broadcasts.graph("mul", *shapes) for shapes in broadcasts.OTHERS[:2]),
    ):
        found = [c.kernel for c in candidates_of(graph, graph.nodes[0], CORE) if isinstance(c, Call)]
        assert found == ["mul"], found
