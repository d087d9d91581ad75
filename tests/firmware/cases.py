"""The random one-operator models of `tests/reference/cases` that the C kernels take, and what they refuse."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType

from edgekit import plugins
from edgekit.backends.c.emission import calls_of
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph
from tests.firmware import chains, networks, wide
from tests.firmware.proof import GUARD, Case
from tests.reference.picker import Picker, RandomPicker

OPERATORS = plugins.names("tests.reference.cases")


def case_module(operator: str) -> ModuleType:
    return importlib.import_module(f"tests.reference.cases.{operator}")


def random_graph(operator: str, seed: int) -> Graph:
    graph = case_module(operator).case(RandomPicker([zlib.crc32(operator.encode()), seed]))
    assert isinstance(graph, Graph)
    return graph


def taken(graph: Graph) -> bool:
    """Whether the graph can be emitted. Other types than int8 may be refused; nothing else."""
    try:
        calls_of(graph, "portable")
    except UnsupportedError as error:
        others = {t.dtype for t in graph.tensors.values()} - {"int8", "int32", "float32"}
        assert others, f"{error}: refused although all is int8: {graph.nodes}"
        return False
    return True


def operator_cases(operator: str, start: int, count: int, guard: int = 0) -> Iterator[Case]:
    """`count` cases of one operator, from seed `start` on, without those that are refused."""
    seed = start
    while count:
        graph = random_graph(operator, seed)
        if taken(graph):
            yield Case(f"{operator}_{seed}", graph, seed, 2, guard)
            count -= 1
        seed += 1


def network_cases(start: int, count: int, guard: int = 0) -> list[Case]:
    """Random networks with branches."""
    return _seeded("network", networks.case, start, count, guard)


def chain_cases(start: int, count: int, core: str = "portable") -> list[Case]:
    """Random beginnings of image classifiers in groups: those that save RAM, or, every second one, any for `core`."""
    cases = []
    for case in _seeded("chain", chains.case, start, count, 0):
        case = replace(case, guard=GUARD if case.seed % 4 > 1 else 0, optimize="ram")
        forced = chains.forced(case.graph, core, RandomPicker(case.seed)) if case.seed % 2 else None
        cases.append(replace(case, groups=forced))
    return cases


def wide_cases(start: int, count: int, guard: int = 0) -> list[Case]:
    """Single layers with many channels."""
    return _seeded("wide", wide.case, start, count, guard)


def _seeded(name: str, make: Callable[[Picker], Graph], start: int, count: int, guard: int) -> list[Case]:
    tag = zlib.crc32(name.encode())
    return [
        Case(f"{name}_{seed}", make(RandomPicker([tag, seed])), seed, 2, guard) for seed in range(start, start + count)
    ]
