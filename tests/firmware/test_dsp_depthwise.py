"""The depthwise DSP forms give the simulator's integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.counts.depthwise_conv_2d_stream_dsp import pieces_of
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp._stream_code import PIECES
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware import proof
from tests.firmware.cases import operator_cases
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

KERNEL, TAPS, INSIDE, STREAM, BANDS = (
    f"depthwise_conv_2d_{name}dsp" for name in ("", "taps_", "inside_", "stream_", "bands_")
)
RELU = "_relu"  # one multiplication an output
OWN, STRIPE = {KERNEL, TAPS, INSIDE, STREAM, BANDS}, "conv_2d_stripe_few_dsp"
Pair = tuple[int, int]


def shaped() -> Iterator[Case]:
    """Even and odd sizes of both orientations, channels around 4, kernels up to 3x3, both strides, two batches."""
    rng = np.random.default_rng(11)
    sizes = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (4, 7), (9, 2), (5, 6), (12, 12)]
    for i, size in enumerate(sizes):
        for k, (kernel, stride) in enumerate((((3, 3), 1), ((3, 3), 2), ((2, 3), 1), ((3, 1), 2))):
            channels = (1, 3, 4, 5, 8, 10)[(i + k) % 6]
            scale = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.4), (1e-7, 1.0))[int(rng.integers(0, 4))]
            graph = layer_graph("depthwise_conv_2d", (1 + i % 2, *size, channels), channels, kernel, stride, scale, rng)
            yield Case(f"shaped_{i}_{k}", graph, i, 2, proof.GUARD)


def drawn(start: int, count: int) -> Iterator[Case]:
    """Random windows, those that the form refuses among them, and scales from where all saturates to where all is 0."""
    for seed in range(start, start + count):
        rng = np.random.default_rng([23, seed])
        kernel = (int(rng.integers(1, 6)), int(rng.integers(1, 5)))
        stride = int(rng.integers(1, 3))
        op = DepthwiseConv2D(
            stride=(stride, 3 if seed % 9 == 0 else stride),
            dilation=(1 if seed % 5 else 2, 1),
            padding=("same", "valid")[int(rng.integers(0, 2))],
            activation=ACTIVATIONS[int(rng.integers(0, len(ACTIVATIONS)))],
        )
        sizes = [(k - 1) * d + 1 + int(rng.integers(0, 9)) for k, d in zip(kernel, op.dilation, strict=True)]
        channels = int(rng.integers(1, 14))
        scale = (1e-3, 1e-3 * float(2.0 ** rng.integers(2, 13)))
        shape = (int(rng.integers(1, 3)), *sizes, channels)
        graph = layer_graph("depthwise_conv_2d", shape, channels, kernel, 1, scale, rng, op)
        yield Case(f"drawn_{seed}", graph, seed, 2, proof.GUARD)


def multiplied() -> Iterator[Case]:
    """Several outputs for each channel; few channels, read with what precedes or follows them, if anything."""
    rng = np.random.default_rng(13)
    for i, size in enumerate([(1, 1), (2, 1), (1, 3), (2, 2), (3, 1), (4, 3), (3, 6), (5, 5)]):
        for stride, channels, factor in ((1, 1 + i % 3, 2), (2, 1 + i % 5, 3), (1, 5 + i % 3, 1 + i % 2)):
            shape, op = (1 + i % 2, *size, channels), DepthwiseConv2D((stride, stride))
            graph = layer_graph("depthwise_conv_2d", shape, channels * factor, (3, 3), 1, (1e-3, 0.05), rng, op)
            yield Case(f"multiplied_{i}_{stride}_{channels}", graph, i, 2, proof.GUARD)


def dilated() -> Iterator[Case]:
    """Small pictures, strides and dilations of both sides, of whole groups of channels."""
    rng = np.random.default_rng(17)
    for i, size in enumerate([(1, 1), (1, 4), (3, 2), (5, 5), (6, 9), (7, 4)]):
        for k, stride, dilation in ((0, (1, 1), (1, 1)), (1, (2, 1), (1, 1)), (2, (1, 1), (2, 3)), (3, (3, 2), (1, 1))):
            op = DepthwiseConv2D(stride, dilation, padding="same", activation=ACTIVATIONS[(i + k) % len(ACTIVATIONS)])
            channels, kernel = 4 + 4 * (i % 3), ((3, 3), (3, 3), (2, 3), (3, 1))[(i + k) % 4]
            scale = ((1e-3, 0.05), (1e-3, 0.4), (1.0, 40.0))[(i + k) % 3]
            graph = layer_graph("depthwise_conv_2d", (1 + i % 2, *size, channels), channels, kernel, 1, scale, rng, op)
            yield Case(f"dilated_{i}_{k}", graph, i, 2, proof.GUARD)


def grouped() -> Iterator[Case]:
    """All groups of outputs, windows of odd and even numbers of taps; three channels at both ends of the input."""
    rng = np.random.default_rng(19)
    factors = ((1, 4), (2, 2), (3, 2), (1, 7), (2, 5), (3, 1), (7, 1), (6, 1), (2, 1), (11, 1), (3, 4), (1, 1))
    for i, (channels, factor) in enumerate(factors):
        for k, (kernel, size, stride) in enumerate((((3, 3), (4, 5), 2), ((2, 4), (3, 3), 1), ((1, 1), (2, 2), 1))):
            op = DepthwiseConv2D((stride, stride), activation=ACTIVATIONS[(i + k) % len(ACTIVATIONS)])
            shape, scale = (1 + k % 2, *size, channels), ((1e-3, 0.05), (1.0, 40.0), (1e-7, 1.0))[(i + k) % 3]
            graph = layer_graph("depthwise_conv_2d", shape, channels * factor, kernel, 1, scale, rng, op)
            yield Case(f"grouped_{i}_{k}", graph, i, 2, proof.GUARD)
    for i, size in enumerate([(1, 1), (1, 4), (2, 3), (3, 5), (4, 4), (5, 12), (3, 9)]):  # one channel
        for k, (kernel, stride) in enumerate((((3, 3), 1), ((3, 3), 2), ((2, 5), 2), ((3, 2), 3), ((1, 9), 1))):
            op = DepthwiseConv2D((stride, stride), activation=ACTIVATIONS[(i + k) % len(ACTIVATIONS)])
            graph = layer_graph("depthwise_conv_2d", (1 + i % 2, *size, 1), 1, kernel, 1, (1e-3, 0.05), rng, op)
            yield Case(f"alone_{i}_{k}", graph, i, 2, proof.GUARD)


def banded() -> Iterator[Case]:
    """Windows of many taps; several bands, the last of which computes lines again."""
    rng = np.random.default_rng(29)
    layers = (((5, 5), (9, 7), 10), ((7, 7), (23, 9), 16), ((10, 4), (25, 5), 7), ((4, 4), (3, 3), 3),
              ((1, 9), (1, 30), 5), ((3, 3), (40, 40), 2))  # fmt: skip
    for i, (kernel, size, channels) in enumerate(layers):
        for k, (stride, dilation) in enumerate(((1, 1), (2, 1), (1, 2))):
            op = DepthwiseConv2D((stride, stride), dilation=(dilation, 1), activation=ACTIVATIONS[(i + k) % 3])
            shape = (1 + k % 2, *size, channels)
            graph = layer_graph("depthwise_conv_2d", shape, channels, kernel, 1, (1e-3, 0.05), rng, op)
            yield Case(f"banded_{i}_{k}", graph, i, 2, proof.GUARD)


def kernels_of(graph: Graph) -> list[str]:
    """The DSP forms that could compute a layer; the portable kernel where there is none."""
    (node,) = graph.nodes
    found = [
        call.kernel.replace("_plain", "").replace(RELU, "")
        for call in candidates_of(graph, node, "cortex-m4")
        if isinstance(call, Call)
    ]
    return found[:-1] or found


RANDOM = [*drawn(0, 45), *operator_cases("depthwise_conv_2d", 0, 8, guard=proof.GUARD)]
CASES = [
    replace(case, name=f"{case.name}_{k}", candidate=k)
    for i, case in enumerate([*shaped(), *multiplied(), *dilated(), *grouped(), *banded(), *RANDOM])
    for k, kernel in enumerate(kernels_of(case.graph))
    if k == 0
    or (kernel in {*OWN, STRIPE} and (kernel not in {TAPS, BANDS, STRIPE} or i % 3 == 0 or "banded" in case.name))
]


def test_cases_on_both_sides_of_the_conditions() -> None:
    taken = Counter(kernels_of(case.graph)[case.candidate] for case in CASES)
    assert (
        taken[KERNEL] >= 70
        and taken[INSIDE] >= 25
        and taken[TAPS] >= 40
        and taken[STRIPE] >= 5
        and taken[STREAM] >= 100
    ), taken


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "channels", "factor", "taken"),
    [
        ((3, 3), (1, 1), (1, 1), 4, 1, {BANDS, STREAM, KERNEL, INSIDE, TAPS}),
        ((1, 3), (2, 2), (7, 1), 4, 1, {BANDS, STREAM, KERNEL, INSIDE, TAPS}),
        ((3, 3), (1, 1), (1, 1), 5, 1, {BANDS, STREAM, KERNEL, TAPS}),
        ((3, 3), (1, 2), (1, 1), 4, 1, {BANDS, STREAM, INSIDE, TAPS}),
        ((3, 3), (3, 3), (1, 1), 4, 1, {BANDS, STREAM, INSIDE, TAPS}),
        ((3, 3), (1, 1), (1, 2), 4, 1, {STREAM, INSIDE, TAPS}),
        ((4, 3), (1, 1), (1, 1), 4, 1, {BANDS, STREAM, TAPS}),
        ((4, 3), (1, 1), (1, 1), 3, 1, {BANDS, STREAM}),
        ((3, 3), (1, 1), (1, 1), 4, 2, {STREAM, KERNEL}),
        ((4, 3), (1, 1), (1, 1), 4, 2, {STREAM}),
        ((7, 7), (1, 1), (1, 1), 8, 1, {BANDS, TAPS}),  # 25 kinds of windows, whose streams are too long
    ],
)
def test_conditions(kernel: Pair, stride: Pair, dilation: Pair, channels: int, factor: int, taken: set[str]) -> None:
    op = DepthwiseConv2D(stride, dilation, padding="same")
    rng = np.random.default_rng(1)
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, channels), channels * factor, kernel, 1, (1e-3, 0.05), rng, op)
    assert OWN & set(kernels_of(graph)) == taken


def test_cases_run_all_pieces_of_streams() -> None:
    made = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    streams = [call for call in made if isinstance(call, Call) and call.file == STREAM]
    assert {name for call in streams for name in pieces_of(call.fields)} == set(PIECES)


def test_a_window_outside_the_input_is_refused() -> None:
    """The first column's taps are at -1 and 2 of two columns."""
    op = DepthwiseConv2D(dilation=(1, 3))
    graph = layer_graph("depthwise_conv_2d", (1, 5, 2, 4), 4, (3, 2), 1, (1e-3, 0.05), np.random.default_rng(1), op)
    assert INSIDE not in kernels_of(graph)


@pytest.mark.parametrize(("stride", "padding", "shared"), [(1, "same", True), (1, "valid", False), (2, "same", False)])
def test_in_place_where_the_shape_stays(stride: int, padding: Literal["same", "valid"], shared: bool) -> None:
    op = DepthwiseConv2D((stride, stride), padding=padding)
    rng = np.random.default_rng(1)
    graph = layer_graph("depthwise_conv_2d", (1, 9, 9, 4), 4, (3, 3), 1, (1e-3, 0.05), rng, op)
    memory = memory_map(graph, proof.first_forms(graph, "cortex-m4"))
    assert (memory.tensors["x"] == memory.tensors["y"]) == shared


@pytest.mark.usefixtures("host_as_m4")
def test_host(tmp_path: Path) -> None:
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES if target == "qemu-m4" else CASES[::3], target, tmp_path)  # the others run the same instructions
