"""Helium kernels that requantize by one multiplication: the simulator's integers, and what has no such line."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve import _once, _patches
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.arithmetic import high_mul, multiply
from tests.firmware import test_mve_by_twos as by_twos
from tests.firmware import test_mve_groups as groups
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point

ONCE, ODD = "_once", "depthwise_conv_2d_patches_odd_mve"
THREE = (3, 3)
# batches, height, width, channels, kernel, stride, padding
DEPTHWISE: tuple[tuple[int, int, int, int, tuple[int, int], int, Padding], ...] = (
    (1, 12, 12, 16, THREE, 1, "same"), (2, 25, 5, 20, THREE, 1, "same"), (1, 2, 4, 8, THREE, 1, "same"),
    (1, 7, 9, 15, THREE, 1, "valid"), (2, 7, 6, 7, (1, 3), 1, "same"), (1, 41, 50, 17, THREE, 1, "same"),
    (1, 12, 12, 16, THREE, 2, "same"), (2, 13, 11, 24, THREE, 2, "same"), (1, 8, 10, 12, (4, 4), 2, "same"),
    (1, 8, 4, 32, (1, 1), 2, "same"), (1, 50, 47, 18, THREE, 2, "same"), (1, 25, 7, 16, THREE, 1, "same"),
    (1, 9, 3, 33, THREE, 1, "same"), (2, 30, 9, 20, THREE, 1, "valid"), (1, 11, 5, 16, (2, 2), 1, "same"),
    (1, 61, 9, 17, THREE, 1, "same"),
)  # fmt: skip


def depthwise(i: int, activation: Activation = "relu") -> Graph:
    *shape, channels, kernel, stride, padding = DEPTHWISE[i]
    b = Builder("once", (*shape, channels), i)
    op = DepthwiseConv2D((stride, stride), padding=padding, activation=activation)
    return b.ended(b.weighted(op, "input", (1, *kernel, channels), 3))


def found(graph: Graph, kernel: str = ONCE) -> list[tuple[int, Call]]:
    """The calls of such kernels, or of one, among the candidates, with their numbers."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [
        (i, c)
        for i, c in enumerate(calls)
        if isinstance(c, Call) and (kernel in c.kernel or (kernel == ONCE and c.kernel == ODD))
    ]


def cases(graphs: list[Graph], name: str, kernel: str = ONCE) -> tuple[list[Case], set[str]]:
    some = [(i, graph, *each) for i, graph in enumerate(graphs) for each in found(graph, kernel)]
    return [Case(f"{name}_{i}_{k}", graph, i, 2, GUARD, candidate=k) for i, graph, k, _ in some], {
        call.kernel for *_, call in some
    }


def test_depthwise_is_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [depthwise(i, ("relu", "relu6")[i % 2]) for i in range(len(DEPTHWISE))]
    graphs += [scaled(depthwise(i), 2.0**-12) for i in (0, 6, 11)]  # shifts that have no second multiplier
    some, kernels = cases(graphs, "depthwise")
    assert kernels == {f"depthwise_conv_2d_{name}_once_mve" for name in ("patches", "plane")} | {ODD}
    kinds = {(c.kernel, c.fields.get("stride"), c.fields.get("kind")) for graph in graphs for _, c in found(graph)}
    assert len(kinds) == 2 + 2 + 1
    prove(some, "qemu-m55", tmp_path / "program")


def test_by_twos_is_exact_on_the_emulated_core(tmp_path: Path) -> None:
    """One block, an even and an odd number of them; an odd one of windows of known length is refused."""
    graphs = [by_twos.convolution(i, w[:4], *w[4:], activation="relu") for i, w in enumerate(by_twos.WINDOWS)]
    for i, (in_c, blocks) in enumerate(product(by_twos.CHANNELS, (1, 2, 4, 5))):
        shape = (1 + i % 2, 1 + i % 3, 2 + i % 5, in_c)
        graphs.append(by_twos.convolution(i, shape, 4 * blocks, (1, 1), activation="relu6"))
    some, kernels = cases(graphs, "by_twos")
    assert kernels == {f"conv_2d_by_twos_once_mve{name}" for name in by_twos.FUNCTIONS}
    known = {call.fields["out_c"] % 8 for g in graphs for _, call in found(g) if call.kernel[-1].isdigit()}  # type: ignore[operator]
    assert known == {0} and len(some) < len(graphs)
    prove(some, "qemu-m55", tmp_path / "program")


def test_fours_is_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [groups.graph_of(layer, i, activation="relu") for i, layer in enumerate(groups.LAYERS)]
    graphs += [groups.graph_of(layer, i, (2, 2), "relu6") for i, layer in enumerate(groups.APART)]
    some, kernels = cases(graphs, "fours")
    assert kernels == {f"pointwise_fours_once_mve_{name}" for name in ("16", "32", "16_apart", "32_apart")}
    prove(some, "qemu-m55", tmp_path / "program")


# batches, height, width, outputs, stride, padding
RGB: tuple[tuple[int, int, int, int, int, Padding], ...] = (
    (1, 32, 32, 16, 1, "same"), (1, 48, 48, 8, 2, "same"), (2, 6, 8, 2, 1, "same"), (3, 7, 6, 6, 1, "valid"),
    (1, 9, 9, 4, 2, "valid"), (2, 4, 8, 10, 2, "same"), (1, 5, 39, 2, 2, "same"), (1, 3, 4, 8, 1, "same"),
)  # fmt: skip


def rgb(i: int, activation: Activation = "relu") -> Graph:
    *shape, out_c, stride, padding = RGB[i]
    b = Builder("once", (*shape, 3), i)
    op = Conv2D((stride, stride), padding=padding, activation=activation)
    return b.ended(b.weighted(op, "input", (out_c, 3, 3, 3), 0))


def test_rgb_is_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [rgb(i, ("relu", "relu6")[i % 2]) for i in range(len(RGB))]
    some, _ = cases(graphs, "rgb", "conv_2d_rgb_once_mve")
    assert len(some) == len(RGB)
    prove(some, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize("fraction", [2, 3])
def test_lines_are_the_reference_at_every_accumulator(fraction: int) -> None:
    """Of random multipliers, channels that are one number and those that reach far beyond the clamp among them."""
    rng, lines = np.random.default_rng(7), 0
    for i in range(60):
        m, shift = int(rng.integers(1 << 30, 1 << 31)), -int(rng.integers(3, 9))
        low, high = sorted(int(v) for v in rng.integers(-30_000, 60_000, 2))
        low = high if i % 9 == 0 else low
        line = _once._line(m, shift, low, high, fraction, i % 3)
        if line is None:
            continue
        lines += 1
        a = np.arange(low, high + 1)
        raw = (high_mul(a + line[1], line[0]) + i % 3).astype(np.int16).astype(np.int64)
        outputs = np.clip(raw + (1 << fraction >> 1) >> fraction, -128, 127)
        assert np.array_equal(outputs, np.clip(multiply(a, m, shift) - 128, -128, 127))
    assert lines > 40


def test_outputs_beyond_16_bits_have_no_line() -> None:
    m, shift, most = 1 << 30, -3, 1 << 15 - _patches.FRACTION
    assert _once._line(m, shift, -100, 16 * (most - 130), _patches.FRACTION, 0) is not None
    assert _once._line(m, shift, -100, 16 * (2 * most + 200), _patches.FRACTION, 0) is None


def test_other_zero_points_and_clamps_take_two_multiplications() -> None:
    for graph in (depthwise(0), by_twos.convolution(1, (1, 4, 4, 64), 8, (1, 1), activation="relu"), rgb(1)):
        assert found(graph)
        assert not found(with_zero_point(graph, -127))
    assert not found(depthwise(0, "none")) and not found(rgb(1, "none"))
    narrow = depthwise(1, "relu6")
    y = narrow.tensors[narrow.outputs[0]]
    narrow.tensors[y.name] = replace(
        y, quantization=Quantization.per_tensor(0.06, -128)
    )  # 6 is below the highest value
    assert not found(narrow)


def test_layers_with_a_channel_without_a_line_keep_two() -> None:
    assert not found(scaled(depthwise(0), 2.0**9))
