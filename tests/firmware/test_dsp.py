"""The DSP forms give the simulator's integers: on the host, by C twins of the instructions, and on emulated cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.dsp._pack import pair_weights
from edgekit.backends.c.forms.dsp._requantize import ANY, Folded, fold
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.mul import Mul
from edgekit.reference.arithmetic import multiply, quantize_multiplier
from tests.firmware import proof
from tests.firmware.cases import operator_cases
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.shapes import layer_graph
from tests.reference import picker
from tests.reference.picker import RandomPicker, choose


def _product(seed: int) -> proof.Case:
    """A multiplication of one shape whose multiplier is small, as the random ones seldom are."""
    pick = RandomPicker([5, seed])
    dims = (1, pick.integer(1, 40))
    graph = Graph(
        "mul", inputs=["a", "b"], outputs=["y"], nodes=[Node(Mul(choose(pick, ACTIVATIONS)), ("a", "b"), ("y",))]
    )
    for name, scale in (("a", 0.03), ("b", 0.02), ("y", 0.0006 * (1 + pick.integer(0, 1000)) ** 0.9)):
        graph.add(Tensor(name, dims, "int8", Quantization.per_tensor(scale, picker.zero_point(pick))))
    graph.validate()
    return proof.Case(f"product_{seed}", graph, seed, 2, proof.GUARD)


def _first_layers() -> Iterator[proof.Case]:
    """Windows of few taps; in some layers the last channels are constants."""
    rng = np.random.default_rng(41)
    shapes = [((3, 3), 3), ((3, 3), 1), ((3, 3), 2), ((5, 3), 3), ((3, 9), 1), ((1, 4), 8), ((3, 3), 3), ((2, 2), 8)]
    for i, (kernel, in_c) in enumerate(shapes):
        out_c, scale = (8, 2, 6, 4, 5, 10, 16, 8)[i], ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8))[i % 3]
        op = Conv2D(((1, 1), (2, 2), (1, 2))[i % 3], padding="valid" if i % 4 == 3 else "same")
        graph = layer_graph("conv_2d", (1 + i % 2, 6 + i % 2, 9, in_c), out_c, kernel, 1, scale, rng, op)
        if i > 5:
            weights = graph.tensors["w"]
            assert weights.data is not None
            of_first = np.arange(out_c).reshape(-1, 1, 1, 1) < out_c // 2
            graph.tensors["w"] = replace(weights, data=weights.data * of_first)
        yield proof.Case(f"first_{i}", graph, i, 2, proof.GUARD)


CASES = [
    case
    for operator, count in (
        ("conv_2d", 60),
        ("fully_connected", 40),
        ("add", 40),
        ("sub", 20),
        ("mul", 10),
        ("average_pool_2d", 20),
        ("max_pool_2d", 20),
    )
    for case in operator_cases(operator, 0, count, guard=proof.GUARD)
] + [_product(seed) for seed in range(30)]
CASES += list(_first_layers()) + [replace(case, name=f"{case.name}_second", candidate=1) for case in CASES[:30]]


def test_most_cases_take_the_dsp_form() -> None:
    calls = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    kernels = Counter(call.kernel for call in calls if isinstance(call, Call))
    for operator in ("conv_2d", "fully_connected", "add", "mul"):
        assert kernels[f"{operator}_dsp"] >= 10, kernels
    assert kernels["average_pool_2d_dsp"] >= 5, kernels
    assert kernels["max_pool_2d_dsp"] >= 5, kernels
    convolutions = [call for call in calls if isinstance(call, Call) and call.kernel == "conv_2d_dsp"]
    sizes = [np.array([call.fields["pairs"], call.fields["out_c"]]) for call in convolutions]
    skipping = [2 * pairs < channels for pairs, channels in sizes]  # channels that are constants
    assert 0 < sum(skipping) < len(skipping)


FRACTIONS = (0.5, 0.50000001, 0.61803, 0.73, 0.99999999)


@pytest.mark.parametrize("e", range(2, 13))
def test_requantization_at_every_tie(e: int) -> None:
    """Accumulators around each tie of the second rounding, and the largest, against the reference arithmetic."""
    for fraction in FRACTIONS:
        real = fraction * 2.0**-e
        assert quantize_multiplier(real)[1] == -e
        folded = fold(np.full((1, 64), 127, np.int8), np.zeros(1), 0, np.array([real]))
        assert folded is not None
        assert folded.varies[0]
        a = np.concatenate([_ties(real).reshape(-1), [-(1 << 30) + 1, (1 << 30) - 1]])
        _compare(a, real, folded, ANY)


@pytest.mark.parametrize("e", range(13, 32))
@pytest.mark.parametrize("clamp", [ANY, (0, 255), (-40, 90)])
def test_small_multipliers_at_every_tie(e: int, clamp: tuple[int, int]) -> None:
    """As above for shifts that are proven, over the accumulators that the weights can reach: some of each kind."""
    generator = np.random.default_rng(e)
    kinds = {"none": 0, "constant": 0, "proven": 0}
    for fraction in FRACTIONS:
        for span in (10, 13, 17, min(e + 8, 27)):
            real, half = fraction * 2.0**-e, 1 << span >> 1
            weights = generator.integers(-127, 128, (1, min(max(half >> 14, 1), 1 << 13))).astype(np.int8)
            bias = generator.integers(-half, half, 1)
            folded = fold(weights, bias, 3, np.array([real]), clamp)
            if folded is None:
                kinds["none"] += 1
                continue
            kinds["proven" if folded.varies[0] else "constant"] += 1
            assert folded.varies[0] or not folded.weights.any()
            low, high = _reach(weights[0].astype(np.int64), int(bias[0]), 3)
            a = np.concatenate([_ties(real).reshape(-1), generator.integers(low, high, 1000), [low, high]])
            _compare(np.unique(np.clip(a, low, high)), real, folded, clamp)
    assert kinds["constant"]
    assert kinds["proven"] or e > 16
    assert clamp != (0, 255) or ((kinds["proven"] or e > 26) and not kinds["none"])


def test_channels_without_a_sequence() -> None:
    """Multipliers from a quarter on need another sequence, unless the channel is a constant."""
    weights, bias = np.array([[1, -1], [0, 0]], np.int8), np.array([5, 7])
    for real in (0.3, 0.7, 5.0):
        assert fold(weights, bias, 0, np.array([real])) is None
        folded = fold(weights[1:], bias[1:], 0, np.array([real]))
        assert folded is not None
        _compare(np.array([7]), real, folded, ANY)


@pytest.mark.parametrize("shift", range(-1, 9))
@pytest.mark.parametrize("clamp", [ANY, (0, 255), (-40, 90)])
def test_large_multipliers_over_the_whole_reach(shift: int, clamp: tuple[int, int]) -> None:
    """Sequences of kernels whose weights are halfwords, for every accumulator: from a quarter on, with left shifts."""
    generator = np.random.default_rng(shift + 1)
    for i, fraction in enumerate((*FRACTIONS, *generator.uniform(0.5, 1, 8))):
        weights, real = generator.integers(-128, 128, (1, 1 + 5 * i)).astype(np.int8), float(fraction * 2.0**shift)
        bias = generator.integers(-3000, 3000, 1)
        folded = fold(weights, bias, 3, np.array([real]), clamp, wide=True)
        if folded is None:  # a quarter to a half, which round twice, with values of both signs; too large a shift
            assert (shift == -1 and clamp[0] < 0) or shift > 5
            continue
        assert folded.halves.min() >= -(1 << 15) and np.array_equal(folded.halves, folded.weights * folded.factor[0])
        if not folded.varies[0]:
            continue
        assert not folded.plain
        low, high = _reach(weights[0].astype(np.int64), int(bias[0]), 3)
        a = np.arange(low, high + 1)
        twice = a * folded.factor[0] + folded.offset[0]
        assert np.abs(twice).max() < 1 << 31
        t = (twice * folded.multiplier[0] + (1 << 31)) >> 32
        found = (t * folded.divider[0] + (1 << 31)) >> 32
        np.testing.assert_array_equal(np.clip(found, *clamp), np.clip(multiply(a, *quantize_multiplier(real)), *clamp))


@pytest.mark.parametrize(("taps", "fits"), [(516, True), (517, False)])
def test_sums_that_fit_their_24_bits(taps: int, fits: bool) -> None:
    weights = np.full((2, taps), -127, np.int8)
    assert (pair_weights(weights, 2) is not None) == fits


def test_pairs_that_fit_their_halfword() -> None:
    assert pair_weights(np.array([[-128], [-127]], np.int8), 2) is not None
    assert pair_weights(np.array([[-1], [-128]], np.int8), 2) is None


def _ties(real: float) -> np.ndarray:
    ties = (np.arange(-300, 300) + 0.5) / real
    around: np.ndarray = np.clip(np.rint(ties[:, None] + np.arange(-3, 4)), -(1 << 30) + 1, (1 << 30) - 1)
    return around.astype(np.int64)


def _reach(w: np.ndarray, bias: int, zero: int) -> tuple[int, int]:
    positive, negative = int(w[w > 0].sum()), int(w[w < 0].sum())
    start = bias - zero * (positive + negative)
    return start - 128 * positive + 127 * negative, start + 127 * positive - 128 * negative


def _compare(a: np.ndarray, real: float, folded: Folded, clamp: tuple[int, int]) -> None:
    """For zero points that belong to the clamp: SMMULR, SMMLAR, SSAT and the clamp against the reference."""
    reached = a if folded.varies[0] else np.full(a.shape, folded.bias[0])
    t = (2 * reached * int(folded.multiplier[0]) + (1 << 31)) >> 32
    expected = multiply(a, *quantize_multiplier(real))
    for zero in (-128, -7, 0, 127) if clamp == ANY else (-128 - clamp[0], 127 - clamp[1]):
        low, high = max(-128, zero + clamp[0]), min(127, zero + clamp[1])
        found = ((t * int(folded.divider[0]) + (1 << 31)) >> 32) + zero
        np.testing.assert_array_equal(
            np.clip(np.clip(found, -128, 127), low, high), np.clip(expected + zero, low, high)
        )
