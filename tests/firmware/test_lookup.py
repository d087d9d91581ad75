"""Functions of one int8 value, by tables: the simulator's integers whatever the operator, values and their number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.choice import LEVELS, Optimize
from edgekit.backends.c.emission import calls_of, candidates_of
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.hard_swish import HardSwish
from edgekit.graph.ops.leaky_relu import LeakyRelu
from edgekit.graph.ops.logistic import Logistic
from edgekit.graph.ops.maximum import Maximum
from edgekit.graph.ops.minimum import Minimum
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.prelu import Prelu
from edgekit.graph.ops.quantize import Quantize
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.sub import Sub
from edgekit.graph.ops.tanh import Tanh
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import GUARD, Case, prove

Shapes = tuple[tuple[int, ...], tuple[int, ...]]
UNARY: tuple[Operator, ...] = (HardSwish(), LeakyRelu(0.25), Logistic(), Quantize(), Relu(), Tanh())
BINARY: tuple[Operator, ...] = (Add(), Add("relu"), Maximum(), Minimum(), Mul(), Mul("relu6"), Prelu(), Sub())
COUNTS = (*range(1, 41), 47, 48, 49, 63, 64, 65, 95, 96, 97, 113, 255, 257, 1000, 4099)
ENOUGH = 32
ALL = np.arange(-128, 128, dtype=np.int8)
FORMS = {"cortex-m4": "lookup_dsp", "cortex-m7": "lookup_dsp", "cortex-m33": "lookup_dsp", "cortex-m55": "lookup_mve"}
OUTPUTS: dict[type[Operator], tuple[float, int]] = {Logistic: (1 / 256, -128), Tanh: (1 / 128, 0)}


def _tensor(name: str, shape: tuple[int, ...], scale: float, zero: int, values: object = None) -> Tensor:
    quantization = Quantization.per_tensor(scale, zero)
    if values is None:
        return Tensor(name, shape, "int8", quantization)
    return Tensor.constant(name, np.broadcast_to(np.asarray(values, np.int8), shape), quantization)


def _row(ops: tuple[Operator, ...], count: int) -> Graph:
    """One behind the other."""
    graph = Graph("row", inputs=["x"], outputs=[f"y{len(ops) - 1}"])
    graph.add(_tensor("x", (1, count), 0.05, -5))
    for i, op in enumerate(ops):
        graph.add(_tensor(f"y{i}", (1, count), *OUTPUTS.get(type(op), (0.04 + 0.01 * i, 3 - i))))
        graph.nodes.append(Node(op, (f"y{i - 1}" if i else "x",), (f"y{i}",)))
    graph.validate()
    return graph


def _pair(op: Operator, shapes: Shapes = ((1, 256), ()), values: object = 77, first: bool = True) -> Graph:
    """Of x and a constant of `values`, x first or second; without values, of x and x."""
    x, c = _tensor("x", shapes[0], 0.05, -5), _tensor("c", shapes[1], 0.03, 11, values)
    y = np.broadcast_shapes(*shapes)
    names = ("x", "x" if values is None else "c")
    graph = Graph("pair", inputs=["x"], outputs=["y"], nodes=[Node(op, names if first else names[::-1], ("y",))])
    same = isinstance(op, Maximum | Minimum)
    for t in (x, *(() if values is None else (c,)), _tensor("y", y, 0.07, -9)):
        graph.add(t.with_(quantization=x.quantization) if same else t)
    graph.validate()
    return graph


def _pairs() -> list[Graph]:
    graphs = [_pair(op, first=first) for op in BINARY for first in (True, False) if first or not isinstance(op, Prelu)]
    graphs += [_pair(op, values=None) for op in BINARY]
    some = (((1, 4, 64), (1,)), ((1, 256), (1, 1, 1, 1)), ((1, 4, 64), (64,)), ((1, 256), (1, 256)))
    return graphs + [_pair(op, shapes) for op, shapes in zip((Mul(), Sub(), Add(), Prelu()), some, strict=True)]


def _cases() -> list[Case]:
    every = {"x": ALL.reshape(1, 256)}
    graphs = [_row((op,), 256) for op in UNARY] + _pairs()
    shaped = [(g, {"x": every["x"].reshape(g.tensors["x"].shape)}) for g in graphs]
    cases = [Case(f"all_{i}", g, i, 1, GUARD, inputs=inputs) for i, (g, inputs) in enumerate(shaped)]
    cases += [Case(f"count_{n}", _row((Logistic(),), n), n, 1, GUARD) for n in COUNTS]
    return cases + [Case(f"in_place_{n}", _row((Relu(), Logistic(), HardSwish()), n), n) for n in COUNTS[::3]]


CASES = _cases()


@pytest.mark.parametrize("target", ["qemu-m3", "qemu-m55"])
def test_on_other_cores(target: str, tmp_path: Path) -> None:
    prove(CASES, target, tmp_path / "program")


@pytest.mark.parametrize("core", ["portable", "cortex-m3", *FORMS])
def test_all_are_tables(core: str) -> None:
    """The first candidate, and what is chosen for speed where there are not too few values for that to matter."""
    for case in CASES:
        for node in case.graph.nodes:
            first = candidates_of(case.graph, node, core)[0]
            assert isinstance(first, Call) and first.kernel == FORMS.get(core, "lookup"), (case.name, first)
        kernels = {call.kernel for call in calls_of(case.graph, core) if isinstance(call, Call)}
        assert kernels == {FORMS.get(core, "lookup")} or case.graph.tensors["x"].elements < ENOUGH, (case.name, kernels)


def test_in_place() -> None:
    """So that the proofs above are about it."""
    for case in (case for case in CASES if case.name.startswith("in_place")):
        found = memory_map(case.graph, calls_of(case.graph, "cortex-m4"))
        assert len({found.tensors[name] for name in ("x", "y0", "y1", "y2")}) == 1


@pytest.mark.parametrize("core", ["portable", "cortex-m4", "cortex-m55"])
@pytest.mark.parametrize("op", [Mul(), Add(), Maximum()])
def test_the_operators_own_kernel_stays(op: Operator, core: str) -> None:
    graph = _pair(op)
    calls = candidates_of(graph, graph.nodes[0], core)
    kernels = [call.kernel for call in calls if isinstance(call, Call)]
    assert kernels[-1] == {"maximum": "extremum"}.get(op.name, op.name)
    assert kernels[0] == FORMS.get(core, "lookup") and kernels.count("lookup") == 1


@pytest.mark.parametrize(
    ("shapes", "values"),
    [
        (((1, 64), (64,)), np.arange(64)),  # a constant of several values
        (((1, 64), (1, 64)), [7] * 63 + [8]),
        (((1,), (64,)), 7),  # x is broadcast
        (((4, 1), (1, 16)), 7),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_no_functions_of_one_value(shapes: Shapes, values: object, first: bool) -> None:
    graph = _pair(Mul(), shapes, values, first)
    for core in ("portable", *FORMS):
        calls = candidates_of(graph, graph.nodes[0], core)
        assert not [c for c in calls if isinstance(c, Call) and c.kernel.startswith("lookup")]


def test_two_activations_are_no_function_of_one_value() -> None:
    graph = _pair(Mul(), ((1, 64), (1, 64)), 3)
    graph.tensors["c"] = _tensor("c", (1, 64), 0.03, 11)
    graph.inputs.append("c")
    calls = candidates_of(graph, graph.nodes[0], "cortex-m4")
    assert [c.kernel for c in calls if isinstance(c, Call)] == ["mul_dsp", "mul"]


@pytest.mark.parametrize("optimize", LEVELS)
def test_a_constant_of_one_value_is_worth_a_table(optimize: Optimize) -> None:
    for core in FORMS:
        (call,) = calls_of(_pair(Mul(), ((1, 2000), ())), core, optimize)
        assert isinstance(call, Call) and call.kernel in ("lookup", FORMS[core])
