"""Every operator against every exact runtime on random graphs: zero differing integers."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit import plugins
from edgekit.errors import ToolError, UnsupportedError
from edgekit.graph import Graph
from edgekit.graph.ops.split import Split
from edgekit.reference import Simulator
from edgekit.reference.arithmetics.onnxruntime import UNPREDICTED
from edgekit.verification import verify
from tests.reference.picker import DrawnPicker, RandomPicker

RUNTIMES = ("tflite-micro", "litert-reference", "litert")
ALL_RUNTIMES = (*RUNTIMES, "onnxruntime")  # whose arithmetic leaves some operators out
OPERATORS = plugins.names("tests.reference.cases")
CASES = 40  # of each operator and runtime in `make test`
ALL_CASES = 1000  # in `make test-all`
WANTED = 10_000  # cases that ran, of all operators together, for each runtime in `make test-all`
RAN: dict[tuple[str, str], int] = {}  # (operator, runtime): cases of `test_many_random_cases` that were not refused


def cases(operator: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"tests.reference.cases.{operator}")


def refused(operator: str, runtime: str, graph: Graph) -> bool:
    rules = getattr(cases(operator), "REFUSED", {})
    if runtime == "onnxruntime":
        return not_predicted(graph, runtime)
    if runtime == "litert":
        return any(name in rules and rules[name](graph) for name in (runtime, "litert-reference")) or unpredicted(graph)
    return runtime in rules and rules[runtime](graph)


MOVES = ("pad", "resize_bilinear", "split", "strided_slice", "transpose")


def unpredicted(graph: Graph) -> bool:
    """What XNNPACK does not take (a move into another quantization) and what its arithmetic names as not predicted."""
    node = graph.nodes[0]
    given = graph.node_inputs(node)[0]
    assert given is not None
    unequal = isinstance(node.op, Split) and len(set(node.op.sizes)) > 1  # SPLIT_V goes to a kernel of LiteRT's own
    if (
        node.op.name in MOVES
        and not unequal
        and any(graph.tensors[name].quantization != given.quantization for name in node.outputs)
    ):
        return True
    return not_predicted(graph, "xnnpack")


def not_predicted(graph: Graph, arithmetic: str) -> bool:
    try:
        Simulator(graph, arithmetic)
    except UnsupportedError:
        return True
    return False


def absent_from(operator: str) -> tuple[str, ...]:
    """The runtimes that lack the operator altogether."""
    if operator in UNPREDICTED:
        return (*getattr(cases(operator), "ABSENT_FROM", ()), "onnxruntime")
    return getattr(cases(operator), "ABSENT_FROM", ())


def check(operator: str, runtime: str, graph: Graph, seed: int) -> bool:
    """Verify one case; False when the runtime is known to refuse such a graph."""
    if runtime in absent_from(operator) or refused(operator, runtime, graph):
        return False
    result = verify(graph, runtime, samples=4, seed=seed)
    assert result.exact, (
        f"{operator} seed {seed} on {runtime}: {result.first_difference}\n{graph.nodes}\n{graph.tensors}"
    )
    return True


def run_cases(operator: str, runtime: str, start: int, count: int) -> int:
    """How many of the cases ran."""
    tag = zlib.crc32(operator.encode())
    if runtime in absent_from(operator):
        with pytest.raises((ToolError, UnsupportedError)):
            verify(cases(operator).case(RandomPicker(tag)), runtime)
        pytest.skip(f"{runtime} lacks {operator}, or it is not predicted: refused, as expected")
    done = sum(
        check(operator, runtime, cases(operator).case(RandomPicker([tag, seed])), seed)
        for seed in range(start, start + count)
    )
    assert done >= count // 4, f"only {done} of {count} cases ran: {operator} on {runtime} is mostly refused"
    return done


@pytest.mark.parametrize("runtime", ALL_RUNTIMES)
@pytest.mark.parametrize("operator", OPERATORS)
def test_random_cases(operator: str, runtime: str) -> None:
    run_cases(operator, runtime, 0, CASES)


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ALL_RUNTIMES)
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_random_cases(operator: str, runtime: str) -> None:
    RAN[operator, runtime] = 0
    RAN[operator, runtime] = run_cases(operator, runtime, CASES, ALL_CASES - CASES)


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ALL_RUNTIMES)
def test_enough_random_cases_ran(runtime: str, record_property: Callable[[str, object], None]) -> None:
    """Counts what the tests above ran in this session; `pytest -rP` shows the table."""
    counts = {operator: RAN[operator, runtime] for operator in OPERATORS if (operator, runtime) in RAN}
    if set(counts) != set(OPERATORS):
        pytest.skip(f"only {len(counts)} of {len(OPERATORS)} operators were run in this session")
    total = sum(counts.values())
    record_property("cases", total)
    print(f"{total} cases on {runtime}, none differs: {counts}")
    assert total > WANTED, counts


@pytest.mark.parametrize("runtime", ALL_RUNTIMES)
@settings(max_examples=60)
@given(data=st.data())
def test_shrinking_cases(runtime: str, data: st.DataObject) -> None:
    operator = data.draw(st.sampled_from(OPERATORS))
    check(operator, runtime, cases(operator).case(DrawnPicker(data.draw)), 0)
