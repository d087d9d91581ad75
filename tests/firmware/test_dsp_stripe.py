"""Convolution by stripes gives the simulator's integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp import _stripe
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

PAIRS, FEW = "conv_2d_stripe_dsp", "conv_2d_stripe_few_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
STRIDES = ((1, 1), (2, 2), (1, 2), (2, 1), (3, 1))


def stripes(graph: Graph) -> dict[int, Call]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return {k: c for k, c in enumerate(found) if not isinstance(c, Alias) and c.file == PAIRS}


def drawn() -> Iterator[tuple[str, Graph]]:
    """Windows of 2 to 21 and more words, odd and even distances, sizes from one pixel on, both orientations."""
    rng = np.random.default_rng(47)
    kernels = [((3, 3), 1), ((5, 5), 1), ((3, 3), 2), ((1, 9), 1), ((9, 1), 1), ((2, 2), 3), ((1, 3), 5), ((3, 3), 3),
               ((1, 1), 3), ((3, 3), 4), ((2, 4), 2), ((7, 7), 1), ((3, 1), 8), ((1, 4), 16), ((3, 3), 20),
               ((1, 5), 1)]  # fmt: skip
    for i, (kernel, in_c) in enumerate(kernels * 2):
        op = Conv2D(STRIDES[i % 5], dilation=(1 + i % 4 // 3, 1), padding=("same", "valid")[i % 3 // 2])
        size = [max(kernel[k] * 2, int(rng.integers(1, 14))) if i % 2 else int(rng.integers(13, 18)) for k in (0, 1)]
        out_c = (1, 2, 3, 4, 5, 8, 9)[i % 7]
        yield f"conv_{i}", layer_graph("conv_2d", (1 + i % 2, *size, in_c), out_c, kernel, 1, SCALES[i % 5], rng, op)
    for i, (channels, factor) in enumerate([(1, 8), (3, 4), (2, 2), (3, 1), (5, 3), (1, 1), (4, 2)] * 2):
        kernel = ((3, 3), (5, 5), (3, 1), (2, 4))[i % 4]
        depthwise = DepthwiseConv2D(STRIDES[i % 5], padding="same", activation=("none", "relu")[i % 2])
        shape = (1 + i % 2, 7 + i % 3, 9 + i % 4, channels)
        yield (
            f"depthwise_{i}",
            layer_graph("depthwise_conv_2d", shape, channels * factor, kernel, 1, SCALES[i % 5], rng, depthwise),
        )
    wide = layer_graph("conv_2d", (1, 7, 300, 2), 3, (5, 3), 1, SCALES[0], rng)  # segments
    yield "wide", wide


CASES = [
    Case(f"{name}_{k}", graph, i, 2, proof.GUARD, candidate=k)
    for i, (name, graph) in enumerate(drawn())
    for k in stripes(graph)
]


def test_cases_of_every_kind() -> None:
    calls = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    made = [call for call in calls if isinstance(call, Call)]
    words = Counter(call.fields["words"] for call in made if call.kernel == FEW)
    assert set(words) == set(_stripe.FEW), words
    starts = Counter(int(str(call.fields["words"])) % 4 for call in made if call.kernel == PAIRS)
    assert min(starts[0], starts[2]) >= 5, starts
    fields = [{k: v for k, v in call.fields.items() if isinstance(v, int)} for call in made]
    odd = Counter(f["kernel_lines"] * f["in_c"] * f["stride_column"] % 2 for f in fields)
    assert min(odd.values()) >= 10
    assert any(f["segment"] < f["out_columns"] for f in fields) and any(f["line_step"] == f["in_c"] for f in fields)


def test_dilated_columns_take_other_forms() -> None:
    rng = np.random.default_rng(0)
    for dilation, taken in (((2, 2), False), ((2, 1), True), ((1, 2), True)):  # of two sides one is the lines
        op = Conv2D(dilation=dilation)
        graph = layer_graph("conv_2d", (1, 9, 9, 1), 4, (3, 3), 1, SCALES[0], rng, op)
        assert bool(stripes(graph)) == taken


def test_many_weights_take_other_forms() -> None:
    rng = np.random.default_rng(0)
    for in_c, out_c, taken in ((16, 28, True), (16, 30, False), (64, 4, True)):  # the last have too many taps for pairs
        graph = layer_graph("conv_2d", (1, 5, 5, in_c), out_c, (3, 3), 1, SCALES[0], rng)
        assert bool(stripes(graph)) == taken
