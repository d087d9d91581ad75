"""The kernels of few inputs and few outputs give the simulator's integers: on the host (twins) and emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.forms.dsp import (
    conv_2d,
    conv_2d_few,
    conv_2d_narrow,
    conv_2d_stripe,
    fully_connected,
    fully_connected_few,
    fully_connected_narrow,
)
from edgekit.backends.c.forms.dsp._few import TAIL, TAIL_ALIGNED
from edgekit.graph import Quantization
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

KERNEL, FEW = "pointwise_narrow_dsp", "fully_connected_few_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1e-7, 1.0))  # the last makes channels constants


@pytest.fixture(autouse=True)
def only_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conv_2d, "form", lambda *a: conv_2d_narrow.form(*a) or conv_2d_few.form(*a))
    monkeypatch.setattr(conv_2d_stripe, "form", lambda *a: [])
    monkeypatch.setattr(
        fully_connected, "form", lambda *a: fully_connected_narrow.form(*a) or fully_connected_few.form(*a)
    )


def shaped() -> Iterator[Case]:
    """All widths, channels around whole turns, strides and batches, weights and data at both ends."""
    rng = np.random.default_rng(37)
    for i, inputs in enumerate([4, 8, 12, 16, 5, 10, 15, 7] * 3 + [6, 9, 13, 14]):
        out_c, scale, batches = (1, 2, 3, 4, 5, 8, 16, 19)[(i + i // 8) % 8], SCALES[(i + i // 4) % 4], 1 + i % 3
        name = f"shaped_{i}"
        if 18 <= i < 24:
            graph = layer_graph("fully_connected", (batches, inputs), out_c, (1, 1), 1, scale, rng)
        else:
            op = Conv2D(stride=((1, 1), (2, 1), (1, 3), (2, 2))[i % 5 % 4], activation=("none", "relu")[i % 2])
            graph = layer_graph("conv_2d", (batches, 1 + i % 4, 5, inputs), out_c, (1, 1), 1, scale, rng, op)
        yield Case(name, graph, i, 2, proof.GUARD)
    for inputs, out_c in product((4, 5, 8, 9, 10, 13, 16), (1, 7, 16, 17)):  # one pixel
        graph = layer_graph("fully_connected", (1, inputs), out_c, (1, 1), 1, SCALES[out_c % 3], rng)
        yield Case(f"shaped_{inputs}_{out_c}", graph, out_c, 2, proof.GUARD)
    for inputs, (size, stride) in product((1, 2, 3), (((1, 1), 1), ((2, 7), 2), ((4, 5), 1), ((5, 5), 2))):
        for batches, activation in ((1, "none"), (2, "relu")):
            op, shape = Conv2D(stride=(stride, stride), activation=activation), (batches, *size, inputs)
            graph = layer_graph("conv_2d", shape, 1 + 3 * inputs, (1, 1), 1, (1.0, 40.0), rng, op)
            yield Case(f"shaped_least_{inputs}_{size[0]}_{batches}", graph, inputs, 2, proof.GUARD)
    for width, out_c, activation in product((1, 4, 6), (3, 4), ("none", "relu6")):  # 8 inputs, odd and even pixels
        shape = (1, 1 + width // 6, width, 8)
        graph = layer_graph("conv_2d", shape, out_c, (1, 1), 1, (1.0, 40.0), rng, Conv2D(activation=activation))
        yield Case(f"shaped_8_{out_c}_{width}_{activation}", graph, width, 2, proof.GUARD)


def few() -> Iterator[Case]:
    """Around whole turns of 32 inputs, odd and even outputs, one and more samples."""
    rng = np.random.default_rng(43)
    for i, inputs in enumerate([20, 28, 32, 36, 64, 96, 256, 60, 17, 33, 30, 65, 100, 4, 8, 9, 40, 16, 70, 68]):
        outputs, batches = (1, 2, 3, 4, 7, 10, 2, 16, 5, 6)[i % 10], 1 + i % 3
        graph = layer_graph("fully_connected", (batches, inputs), outputs, (1, 1), 1, SCALES[i % 4], rng)
        yield Case(f"few_{i}", graph, i, 2, proof.GUARD, candidate=1)
    for i in range(1, 12):  # all blocks, of one turn and more
        for inputs in (12 + i, 32, 36 + 4 * i, 33):
            graph = layer_graph("fully_connected", (1 + i % 2, inputs), i, (1, 1), 1, SCALES[i % 3], rng)
            yield Case(f"few_{i}_{inputs}", graph, i, 2, proof.GUARD, candidate=1)
    for inputs, outputs in product((4, 16, 30, 36, 37), (2, 3, 4)):  # one sample
        graph = layer_graph("fully_connected", (1, inputs), outputs, (1, 1), 1, SCALES[inputs % 3], rng)
        yield Case(f"few_one_{inputs}_{outputs}", graph, inputs, 2, proof.GUARD, candidate=1)
    for i, (stride, size) in enumerate([((1, 1), (3, 4)), ((2, 2), (4, 5)), ((2, 1), (1, 4)), ((2, 2), (2, 2))] * 2):
        shape, op = (1 + i % 2, *size, (17, 24, 33, 40)[i % 4]), Conv2D(stride, activation=("none", "relu")[i % 2])
        graph = layer_graph("conv_2d", shape, 1 + i % 5, (1, 1), 1, (*SCALES, (1.0, 0.25))[i % 5], rng, op)
        yield Case(f"few_pixels_{i}", graph, i, 2, proof.GUARD)


CASES = list(shaped()) + list(few())


def test_the_cases_take_the_form() -> None:
    made = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    calls = [call for call in made if isinstance(call, Call)]
    kernels, files = [call.kernel for call in calls], [call.file for call in calls]
    assert files == [FEW if case.name.startswith("few") else KERNEL for case in CASES]
    narrow = [f"pointwise_{n}{one}_dsp" for n in range(4, 17, 2) for one in ("", "_pixel")]
    functions = [
        "pointwise_3_dsp",
        "pointwise_images_dsp",
        *narrow,
        *(f"pointwise_8_to_{n}_dsp" for n in (3, 4)),
        *(f"fully_connected_to_{n}_dsp" for n in (2, 3, 4)),
    ]
    assert set(kernels) == {KERNEL, FEW, "fully_connected_few_plain_dsp", *functions}
    blocks = {(call.fields["tail"], call.fields["bytes"] != 0) for call in calls if call.file == FEW}
    assert blocks == {*product((*TAIL.values(), TAIL_ALIGNED), (False, True))} - {(TAIL[0], False)}


@pytest.mark.parametrize("inputs", [17, 20])
@pytest.mark.parametrize("operator", ["conv_2d", "fully_connected"])
def test_other_widths_take_other_forms(operator: str, inputs: int) -> None:
    shape = (1, 2, 2, inputs) if operator == "conv_2d" else (1, inputs)
    graph = layer_graph(operator, shape, 200, (1, 1), 1, SCALES[0], np.random.default_rng(0))
    (call,) = calls_of(graph, "cortex-m4")
    assert isinstance(call, Call)
    assert call.file != KERNEL


@pytest.mark.parametrize(("inputs", "outputs", "fits"), [(256, 8, True), (256, 9, False), (33, 1, True), (3, 2, False)])
def test_few_weights(inputs: int, outputs: int, fits: bool) -> None:
    graph = layer_graph("fully_connected", (1, inputs), outputs, (1, 1), 1, SCALES[0], np.random.default_rng(0))
    (call,) = proof.first_forms(graph, "cortex-m4", 1)  # after that for many outputs
    assert isinstance(call, Call)
    assert (call.file == FEW) == fits


@pytest.mark.parametrize(("scale", "taken"), [(0.6, True), (1.2, False), (60.0, True)])
def test_multipliers_from_a_quarter_to_a_half_take_other_forms(scale: float, taken: bool) -> None:
    graph = layer_graph("conv_2d", (1, 2, 2, 8), 4, (1, 1), 1, (1.0, 0.5), np.random.default_rng(0))
    weights, y = graph.tensors["w"], graph.tensors["y"]
    same = Quantization.per_channel(np.full(4, 0.5, np.float32), 0)
    graph.tensors["w"] = replace(weights, quantization=same)
    graph.tensors["b"] = replace(graph.tensors["b"], quantization=same)
    graph.tensors["y"] = replace(y, quantization=Quantization.per_tensor(scale, 0))
    (call,) = calls_of(graph, "cortex-m4")
    assert isinstance(call, Call)
    assert (call.file == KERNEL) == taken
