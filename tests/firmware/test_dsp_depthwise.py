"""The depthwise DSP form gives the simulator's integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.options import Options
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware import proof
from tests.firmware.cases import operator_cases
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

KERNEL = "depthwise_conv_2d_dsp"


def shaped() -> Iterator[Case]:
    """Even and odd sizes of both orientations, channels around 4, kernels up to 3x3, both strides, two batches."""
    rng = np.random.default_rng(11)
    sizes = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (4, 7), (9, 2), (5, 6), (12, 12)]
    for i, size in enumerate(sizes):
        for k, (kernel, stride) in enumerate((((3, 3), 1), ((3, 3), 2), ((2, 3), 1), ((3, 1), 2))):
            channels = (1, 3, 4, 5, 8, 10)[(i + k) % 6]
            scale = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.4))[int(rng.integers(0, 3))]
            graph = layer_graph("depthwise_conv_2d", (1 + i % 2, *size, channels), channels, kernel, stride, scale, rng)
            yield Case(f"shaped_{i}_{k}", graph, i, 2, proof.GUARD)


def constant_channels() -> Case:
    """One channel that varies, and three whose bias is far beyond what weights and inputs reach, or is clamped."""
    rng = np.random.default_rng(7)
    graph = Graph("constants", inputs=["x"], outputs=["y"])
    graph.add(Tensor("x", (1, 5, 6, 4), "int8", Quantization.per_tensor(0.01, -128)))
    scales = Quantization.per_channel(np.array([1e-3, 2.3e-7, 1e-6, 1e-6], np.float32), 3)
    graph.add(Tensor.constant("w", rng.integers(-127, 128, (1, 3, 3, 4)).astype(np.int8), scales))
    graph.add(Tensor.constant("b", np.array([300, 99_174_816, 5_214_247, -30_000_000], np.int32)))
    graph.add(Tensor("y", (1, 5, 6, 4), "int8", Quantization.per_tensor(0.01, -128)))
    graph.nodes = [Node(DepthwiseConv2D(padding="same"), ("x", "w", "b"), ("y",))]
    graph.validate()
    return Case("constant_channels", graph, 0, 2, proof.GUARD)


CASES = [*shaped(), *operator_cases("depthwise_conv_2d", 0, 40, guard=proof.GUARD), constant_channels()]


def kernels(cases: list[Case]) -> list[str]:
    calls = [calls_of(case.graph, "cortex-m4")[0] for case in cases]
    return [call.kernel for call in calls if isinstance(call, Call)]


def test_which_cases_take_the_form() -> None:
    assert kernels(CASES[:36]).count(KERNEL) >= 30
    assert kernels(CASES[36:76]).count(KERNEL) < 40
    assert kernels(CASES[76:]) == [KERNEL]


def test_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = proof.options_for

    def as_m4(target: str) -> Options:
        return plain(target).model_copy(update={"core": "cortex-m4"})

    monkeypatch.setattr(proof, "options_for", as_m4)
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES, target, tmp_path)
