"""The C kernels of int16 activations against the simulator: on the host under sanitizers, and on emulated cores."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgekit import plugins
from edgekit.backends import c
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.quantize import Quantize
from edgekit.quantization import quantize
from edgekit.recipe import QuantizeSection
from edgekit.target import load_targets
from edgekit.verification import verify
from tests.firmware.cases import case_module, taken
from tests.firmware.proof import CORES, GUARD, Case, prove
from tests.quantization.trained import digits
from tests.reference.picker import RandomPicker
from tests.reference.test_wide import OPERATORS
from tests.reference.wide import widened

EMITTED = [op for op in OPERATORS if op != "resize_bilinear"]
HOST_CASES, CORE_CASES, MANY_CASES = 4, 2, 100
FLOAT = {"input_dtype": "float32", "output_dtype": "float32"}


def cases(operator: str, start: int, count: int, guard: int = 0) -> Iterator[Case]:
    """`count` widened cases, without those that the simulator refuses."""
    seed = start
    while count:
        graph = widened(case_module(operator).case(RandomPicker([zlib.crc32(operator.encode()), seed])), seed)
        if taken(graph):
            yield Case(f"{operator}_{seed}", graph, seed, 2, guard)
            count -= 1
        seed += 1
        assert seed < start + 50 * MANY_CASES, f"{operator} is always refused"


def converted(seed: int) -> Graph:
    """float32, int16, int8, int16, int16 and back, one after the other."""
    rng = np.random.default_rng(seed)
    graph, names = Graph("converted", inputs=["x"], outputs=["y"]), ["x", "a", "b", "c", "d", "y"]
    for name, dtype in zip(names, ("float32", "int16", "int8", "int16", "int16", "float32"), strict=True):
        zero = int(rng.integers(-128, 128)) if dtype == "int8" else 0
        scale = 2.0 ** -(14 if dtype == "int16" else 6) * rng.uniform(0.6, 1.4)
        q = None if dtype == "float32" else Quantization.per_tensor(scale, zero)
        graph.add(Tensor(name, (1, 97), dtype, q))
    ops = [Quantize()] * 4 + [Dequantize()]
    graph.nodes = [Node(op, (a,), (b,)) for op, a, b in zip(ops, names, names[1:], strict=False)]
    graph.validate()
    return graph


def conversions() -> list[Case]:
    rng = np.random.default_rng(1)
    hard = np.array([0, -0.0, 1e9, -1e9, np.inf, -np.inf, 1e-30], np.float32)
    found = []
    for seed in range(3):
        data = rng.uniform(-2.5, 2.5, (2, 97)).astype(np.float32)
        data[:, :7] = hard
        found.append(Case(f"converted_{seed}", converted(seed), inputs={"x": data}))
    return found


def test_every_emitter_has_cases() -> None:
    assert set(plugins.names("edgekit.backends.c.emit_s16")) <= {*EMITTED, "quantize", "dequantize"}


def test_operators_on_the_host(tmp_path: Path) -> None:
    """Under AddressSanitizer and UBSan, every buffer between guards."""
    found = [case for operator in EMITTED for case in cases(operator, 0, HOST_CASES, GUARD)]
    found += [replace(case, guard=GUARD) for case in conversions()]
    prove(found, "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m3", "qemu-m4", "qemu-m55"])
def test_operators_on_emulated_cores(target: str, tmp_path: Path) -> None:
    found = [case for operator in EMITTED for case in cases(operator, 1000, CORE_CASES)]
    prove([*found, *conversions()], target, tmp_path / "proof")


@pytest.mark.parametrize("target", ["host-c", "qemu-m4", "qemu-m33"])
def test_networks_of_one_and_of_both_types(target: str, tmp_path: Path) -> None:
    """With the DSP forms where the core has them: whole fours of channels, borders, pairs of pixels and an odd one."""
    graph, _, _, calibration = digits()
    inside = graph.nodes[1].name, graph.nodes[2].name
    options = {"whole": {"activations": "int16"}, "some": {"int16": inside}, "float": {"int16": inside, **FLOAT}}
    found = []
    for name, section in options.items():
        made = quantize(graph, calibration, QuantizeSection.model_validate(section))
        found.append(Case(name, made, guard=GUARD if target == "host-c" else 0))
    prove(found, target, tmp_path / "proof", sanitize=target == "host-c")
    core = "cortex-m4" if target == "qemu-m4" else "cortex-m33"
    kernels = {call.kernel for call in calls_of(found[0].graph, core) if isinstance(call, Call)}
    assert kernels >= {"conv_2d_s16_dsp", "depthwise_conv_2d_s16_dsp"}  # a dead channel's bias needs 64 bits


def test_sums_that_may_leave_32_bits_stay_portable() -> None:
    graph = Graph("far", inputs=["x"], outputs=["y"], nodes=[Node(FullyConnected(), ("x", "w", "b"), ("y",))])
    graph.add(Tensor("x", (1, 600), "int16", Quantization.per_tensor(1e-4, 0)))
    graph.add(Tensor.constant("w", np.full((2, 600), 127, np.int8), Quantization.per_tensor(1e-3, 0)))
    graph.add(Tensor.constant("b", np.zeros(2, np.int64), Quantization.per_tensor(1e-7, 0)))
    graph.add(Tensor("y", (1, 2), "int16", Quantization.per_tensor(1e-2, 0)))
    (call,) = calls_of(graph, "cortex-m4")
    assert isinstance(call, Call) and call.kernel == "fully_connected_s16"
    inputs = {"x": np.full((1, 600), -(1 << 15), np.int16)}
    assert verify(graph, "tflite-micro", inputs).exact


@pytest.mark.slow
@pytest.mark.parametrize("operator", EMITTED)
def test_many_cases_on_the_host(operator: str, tmp_path: Path) -> None:
    prove([*cases(operator, 2000, MANY_CASES, GUARD)], "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.slow
@pytest.mark.parametrize("target", CORES)
def test_many_cases_on_emulated_cores(target: str, tmp_path: Path) -> None:
    prove([c for op in EMITTED for c in cases(op, 3000, MANY_CASES // 5)], target, tmp_path / "proof")


def test_what_has_no_arithmetic_is_rejected_before_the_build() -> None:
    graph = Graph("uneven", inputs=["x"], outputs=["y"], nodes=[Node(Conv2D(), ("x", "w"), ("y",))])
    graph.add(Tensor("x", (1, 4, 4, 1), "int16", Quantization.per_tensor(0.1, 3)))
    graph.add(Tensor.constant("w", np.ones((1, 1, 1, 1), np.int8), Quantization.per_tensor(0.1, 0)))
    graph.add(Tensor("y", (1, 4, 4, 1), "int16", Quantization.per_tensor(0.1, 0)))
    (rejection,) = c.check(graph, load_targets()["host-c"])
    assert "zero point 0" in rejection.found
