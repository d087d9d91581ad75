"""Every operator's C kernel against the simulator, on the host under sanitizers and on emulated cores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit import plugins
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.quantize import Quantize
from tests.firmware import networks
from tests.firmware.cases import OPERATORS, case_module, network_cases, operator_cases, taken, wide_cases
from tests.firmware.proof import CORES, GUARD, Case, prove
from tests.reference.picker import DrawnPicker

HOST_CASES, CORE_CASES, NETWORKS, WIDE = 4, 2, 24, 16
MANY_HOST_CASES, MANY_CORE_CASES, MANY_NETWORKS, MANY_WIDE = 150, 30, 600, 120


def test_every_operator_of_the_simulator_is_emitted() -> None:
    assert set(plugins.names("edgekit.backends.c.emit")) == set(plugins.names("edgekit.reference.ops"))
    assert set(OPERATORS) == set(plugins.names("edgekit.reference.ops"))


def test_operators_on_the_host(tmp_path: Path) -> None:
    """Under AddressSanitizer and UBSan, every buffer between guards."""
    cases = [case for operator in OPERATORS for case in operator_cases(operator, 0, HOST_CASES, GUARD)]
    prove([*cases, *wide_cases(0, WIDE, GUARD)], "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.parametrize("target", CORES)
def test_operators_and_networks_on_emulated_cores(target: str, tmp_path: Path) -> None:
    cases = [case for operator in OPERATORS for case in operator_cases(operator, 1000, CORE_CASES)]
    cases += network_cases(1000, NETWORKS // 2) + wide_cases(1000, WIDE)
    prove(cases, target, tmp_path / "proof")


@pytest.mark.parametrize("guard", [0, GUARD])
def test_networks_on_the_host(guard: int, tmp_path: Path) -> None:
    """Branches, in-place outputs, several outputs: with the plan that users get, and with guards."""
    prove(network_cases(0, NETWORKS, guard), "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_cases_on_the_host(operator: str, tmp_path: Path) -> None:
    prove([*operator_cases(operator, 2000, MANY_HOST_CASES, GUARD)], "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.slow
@pytest.mark.parametrize("target", CORES)
def test_many_cases_on_emulated_cores(target: str, tmp_path: Path) -> None:
    cases = [case for operator in OPERATORS for case in operator_cases(operator, 3000, MANY_CORE_CASES)]
    cases += network_cases(2000, MANY_NETWORKS // 6)
    prove(cases, target, tmp_path / "proof")


@pytest.mark.slow
@pytest.mark.parametrize("target", ["host-c", *CORES])
def test_many_wide_layers(target: str, tmp_path: Path) -> None:
    prove(wide_cases(2000, MANY_WIDE), target, tmp_path / "proof", sanitize=target == "host-c")


@pytest.mark.slow
@pytest.mark.parametrize("guard", [0, GUARD])
def test_many_networks_on_the_host(guard: int, tmp_path: Path) -> None:
    prove(network_cases(3000, MANY_NETWORKS, guard), "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.parametrize("target", ["host-c", "qemu-m3", "qemu-m55"])
def test_conversion_of_awkward_reals(target: str, tmp_path: Path) -> None:
    """Ties, neighbours of ties, zeros, subnormals, huge and infinite values; with and without a floating-point unit."""
    scale, zero_point = np.float32(0.1), 5
    ties = (np.arange(-140, 140, dtype=np.float32) + np.float32(0.5)) * scale
    values = np.concatenate([ties, np.nextafter(ties, np.float32(np.inf)), np.nextafter(ties, np.float32(-np.inf))])
    odd = np.array(
        [0.0, -0.0, 1e-45, -1e-45, 1e-38, np.inf, -np.inf, 3e38, -3e38, 51.2, -51.2, 51.3, -51.3, 1e30, -1e30],
        np.float32,
    )
    values = np.concatenate([values, odd]).reshape(1, -1)
    graph = Graph("reals", inputs=["x"], outputs=["y"], nodes=[Node(Quantize(), ("x",), ("y",))])
    graph.add(Tensor("x", values.shape, "float32"))
    graph.add(Tensor("y", values.shape, "int8", Quantization.per_tensor(float(scale), zero_point)))
    case = Case("reals", graph, samples=1, inputs={"x": values})
    prove([case], target, tmp_path / "proof", sanitize=target == "host-c")


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_shrinking_cases(examples: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What fails here is the smallest case that does."""

    @settings(max_examples=examples, database=None)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        operator = data.draw(st.sampled_from([*OPERATORS, "network"]))
        module = networks if operator == "network" else case_module(operator)
        graph = module.case(DrawnPicker(data.draw))
        if taken(graph):
            folder = tmp_path_factory.mktemp("shrinking")
            prove([Case("drawn", graph, guard=GUARD)], "host-c", folder / "proof")

    check()
