"""Every CUDA kernel against the simulator: its sources on the host twin, under sanitizers, threads in both orders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.frontend import load
from tests.backends.cuda import proof
from tests.firmware.cases import OPERATORS, network_cases, operator_cases, wide_cases
from tests.firmware.proof import GUARD, Case
from tests.firmware.shapes import layer_graph

CASES, NETWORKS, WIDE = 2, 10, 24
MANY_CASES, MANY_NETWORKS, MANY_WIDE = 40, 80, 200
MODELS = ("ad01", "ic_resnet8", "kws_dscnn", "vww_96")

# operator, input, output channels, kernel, stride: for each unit of a load, for few and many channels and pixels
SHAPES = [
    ("conv_2d", (1, 9, 7, 3), 16, (3, 3), 1),
    ("conv_2d", (2, 7, 6, 16), 24, (3, 3), 2),
    ("conv_2d", (1, 8, 8, 48), 40, (1, 1), 1),
    ("conv_2d", (1, 5, 9, 20), 70, (2, 3), 1),
    ("conv_2d", (1, 64, 64, 4), 65, (1, 1), 1),
    ("conv_2d", (1, 4, 4, 1), 3, (2, 2), 1),
    ("depthwise_conv_2d", (1, 9, 6, 12), 12, (3, 3), 2),
    ("depthwise_conv_2d", (2, 5, 5, 8), 8, (5, 1), 1),
    ("fully_connected", (1, 96), 37, (1, 1), 1),
    ("fully_connected", (3, 52), 8, (1, 1), 1),
    ("fully_connected", (40, 33), 20, (1, 1), 1),
]


def shaped_cases() -> list[Case]:
    """Each for a GPU with tensor cores and for one without, which is every second case's."""
    cases = []
    for i, (operator, shape, out_c, kernel, stride) in enumerate(SHAPES):
        for k in range(2):
            rng = np.random.default_rng([i, k])
            graph = layer_graph(operator, shape, out_c, kernel, stride, (0.01, 4.0 * kernel[0]), rng)
            cases.append(Case(f"shape{i}_{k}", graph, i, 1, GUARD))
    return cases


def test_operators(kernels: Path, tmp_path: Path) -> None:
    cases = [case for operator in OPERATORS for case in operator_cases(operator, 0, CASES, GUARD)]
    proof.prove([*cases, *wide_cases(0, WIDE, GUARD), *shaped_cases()], kernels, tmp_path / "proof")


def test_networks(kernels: Path, tmp_path: Path) -> None:
    """Branches, in-place outputs, several outputs, in the arena that users get."""
    proof.prove(network_cases(0, NETWORKS), kernels, tmp_path / "proof")


def test_models(kernels: Path, shared: Path, tmp_path: Path) -> None:
    graphs = {name: load(shared / "models" / "mlperf_tiny" / f"{name}_int8.tflite") for name in MODELS}
    cases = [Case(f"m_{name}", graph, 1, 1, GUARD) for name, graph in graphs.items()]
    proof.prove(cases, kernels, tmp_path / "proof")


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_cases(operator: str, kernels: Path, tmp_path: Path) -> None:
    proof.prove([*operator_cases(operator, 100, MANY_CASES, GUARD)], kernels, tmp_path / "proof")


@pytest.mark.slow
def test_many_networks(kernels: Path, tmp_path: Path) -> None:
    proof.prove([*network_cases(100, MANY_NETWORKS), *wide_cases(100, MANY_WIDE)], kernels, tmp_path / "proof")
