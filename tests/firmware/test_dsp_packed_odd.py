"""1x1 convolutions of 5 inputs whose fifth products come two at a time give the simulator's integers: on the host by C
twins, and on emulated cores; and what they ask of weights and biases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from edgekit.backends.c.forms.dsp import conv_2d_packed_odd
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.named import cases_of, found, kernels_of
from tests.firmware.shapes import layer_graph

FILE, MOVED = conv_2d_packed_odd.FILE, conv_2d_packed_odd._moved
SCALES = ((1e-3, 0.05), (1.0, 60.0), (1.0, 150.0))
STRIDES = (Conv2D(), Conv2D((2, 2)), Conv2D((2, 1)), Conv2D((1, 2)))


def drawn() -> Iterator[tuple[str, Graph]]:
    """Layers that the conditions hold for, of one line and of several, odd and even, weights and data at both ends."""
    rng = np.random.default_rng(31)
    for i in range(48):
        shape = (1 + (i % 12 == 4), 1 + i % 5, 1 + i * 7 % 11, 5)
        graph = layer_graph("conv_2d", shape, 16, (1, 1), 1, SCALES[i % 3], rng, STRIDES[i % 4])
        if FILE in found(graph):
            yield FILE, graph


DRAWN = list(drawn())
CASES = cases_of(DRAWN)


def test_all_functions_are_proven() -> None:
    assert kernels_of(CASES) == {f"pointwise_packed_odd_5_to_16{step}_dsp" for step in ("", "_by_2")}
    assert len(CASES) >= 12


def _changed(graph: Graph, weights: dict[tuple[int, int], int], biases: dict[int, int] | None = None) -> Graph:
    """With other weights, by channel and input, and biases."""
    w, b = graph.tensors["w"], graph.tensors["b"]
    assert w.data is not None and b.data is not None
    values, bias = w.data.copy(), b.data.copy()
    for (channel, i), value in weights.items():
        values[channel, 0, 0, i] = value
    for channel, value in (biases or {}).items():
        bias[channel] = value
    graph.tensors["w"], graph.tensors["b"] = replace(w, data=values), replace(b, data=bias)
    return graph


def _layer(shape: tuple[int, ...] = (1, 3, 3, 5), out_c: int = 16, op: Conv2D | None = None) -> Graph:
    """One that the conditions hold for, if shape and operator are as they are here."""
    graph = layer_graph("conv_2d", shape, out_c, (1, 1), 1, (1.0, 60.0), np.random.default_rng(5), op or Conv2D())
    values = np.random.default_rng(3).integers(-100, 101, (out_c, shape[-1]))
    return _changed(graph, {place: int(value) for place, value in np.ndenumerate(values)})


@pytest.mark.parametrize(
    ("shape", "out_c", "op"),
    [
        ((1, 3, 3, 4), 16, Conv2D()),
        ((1, 3, 3, 5), 12, Conv2D()),
        ((1, 3, 7, 5), 16, Conv2D((1, 3))),
        ((2, 5, 5, 5), 16, Conv2D((2, 2))),  # images that are no lines at equal distances
        ((1, 3, 3, 5), 16, Conv2D(activation="relu6")),
    ],
)
def test_other_shapes_are_refused(shape: tuple[int, ...], out_c: int, op: Conv2D) -> None:
    assert FILE in found(_layer())
    assert FILE not in found(_layer(shape, out_c, op))


def test_fifth_weights_fit_a_word() -> None:
    assert FILE in found(_changed(_layer(), {(0, 4): -128, (2, 4): 1}))
    assert FILE not in found(_changed(_layer(), {(0, 4): -128, (2, 4): -1}))


def test_biases_keep_their_sign() -> None:
    others = {(2, i): (7, -7, 5, -5)[i] for i in range(4)}  # nothing that they are moved by is of use
    zero = int(_layer().tensors["x"].zero_point)
    for bias, holds in ((128 * 30, True), (128 * 30 - 1, False), (-127 * 30, False), (-127 * 30 - 1, True)):
        graph = _changed(_layer(), {**others, (2, 4): 30}, {2: bias + zero * 30})
        assert (FILE in found(graph)) is holds


@pytest.mark.parametrize(("bias", "holds"), [(8_100_000, True), (8_500_000, False)])
def test_sums_256_times_as_large_fit_a_word(bias: int, holds: bool) -> None:
    """Of multipliers so small that outputs of sums around 2^23 still depend on inputs."""
    graph = _changed(_layer(), {}, dict.fromkeys(range(16), bias))
    for name, scale, zero in (("x", 1.0, 0), ("w", 1.5 / 2**16, 0), ("b", 1.5 / 2**16, 0), ("y", 1.0, -128)):
        tensor = graph.tensors[name]
        q = tensor.quantization
        assert q is not None
        scales, zeros = np.full_like(q.scale, scale), np.full_like(q.zero_point, zero)
        graph.tensors[name] = replace(tensor, quantization=replace(q, scale=scales, zero_point=zeros))
    assert (FILE in found(graph)) is holds


def test_moved() -> None:
    def moved(weights: list[int], bias: int) -> int | None:
        return MOVED(np.array([weights]), np.array([bias]))

    assert moved([1, 0, 0, 0, 1], 128) == 0
    assert moved([1, 0, 0, 0, 1], 127) == -64
    assert moved([4, 0, 0, 0, 127], 0) is not None and moved([4, 0, 0, -4, 127], 0) is None


def test_multipliers_of_24_bits_are_proven() -> None:
    """Scales with which the outputs of such a multiplier are others, of channels alike but for their place."""
    rng, refused = np.random.default_rng(8), 0
    for _ in range(40):
        graph = _changed(_layer(), {(c, i): 127 for c in range(16) for i in range(5)})
        scales = (rng.uniform(0.3, 1.0, 16)).astype(np.float32)
        for name in ("w", "b"):
            tensor = graph.tensors[name]
            assert tensor.quantization is not None
            graph.tensors[name] = replace(tensor, quantization=replace(tensor.quantization, scale=scales))
        refused += FILE not in found(graph)
    assert 0 < refused < 40
