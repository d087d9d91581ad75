"""Layers for DSP kernels that are asked for by name, as cases of the host's and the emulated cores' proofs."""

from __future__ import annotations

from collections.abc import Iterable

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from tests.firmware import proof
from tests.firmware.proof import Case

CORE = "cortex-m4"


def found(graph: Graph) -> dict[str, int]:
    """The candidates' places by the names of their kernels and of their files."""
    calls = list(enumerate(candidates_of(graph, graph.nodes[0], CORE)))
    return {name: i for i, call in reversed(calls) if isinstance(call, Call) for name in (call.file, call.kernel)}


def cases_of(drawn: Iterable[tuple[str, Graph]]) -> list[Case]:
    """Layers of one node by the kernels that are to be proven on them."""
    return [
        Case(f"{name}_{i}", graph, i, 2, proof.GUARD, candidate=found(graph)[name])
        for i, (name, graph) in enumerate(drawn)
    ]


def kernels_of(cases: Iterable[Case]) -> set[str]:
    """Those that the cases prove."""
    calls = (call for case in cases for call in proof.first_forms(case.graph, CORE, case.candidate))
    return {call.kernel for call in calls if isinstance(call, Call)}
