"""Convolutions with two sums in a register give the simulator's integers: on the host by C twins, on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case

KERNEL = "conv_2d_thirteen_pairs_dsp"
SIDE, SAMPLES = 13, 8
LOW, HIGH = -128, 127
# First row and the others: at most 257 each.
WEIGHTS = (
    (42, 71, -102, -6, 41, 54, 26, 60, 12),
    (127, 127, 3, 57, 0, 0, 100, 50, 50),  # 257, none negative
    (-127, -127, -3, -57, -100, 0, 0, -50, -50),  # none positive
    (-128, 126, 3, 127, -1, 0, 1, -128, 0),
    (3, -127, 127, -128, 0, 127, 0, 1, -1),
    (0, 0, 0, 0, 1, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0),
)
SCALES = (0.0084, 0.24, 1 / 32, 1e-3, 1e-4)


def layer(
    weights: Sequence[int], scale: float = 0.01, zero: int = 5, in_zero: int = LOW, bias: int = 571, batch: int = 1,
    size: tuple[int, int] = (SIDE, SIDE), stride: int = 2, padding: Padding = "same",
) -> Graph:  # fmt: skip
    graph = Graph("pairs")
    w = np.array(weights, np.int8).reshape(-1, 3, 3, 1)
    graph.add(Tensor("x", (batch, *size, 1), "int8", Quantization.per_tensor(1.0, in_zero)))
    graph.add(Tensor.constant("w", w, Quantization.per_channel(np.full(len(w), scale, np.float32), 0)))
    b = np.full(len(w), bias, np.int32)
    graph.add(Tensor.constant("b", b, Quantization.per_channel(np.full(len(w), scale, np.float32), 0)))
    op = Conv2D((stride, stride), padding=padding)
    (result,) = op.infer([graph.tensors[name] for name in ("x", "w", "b")])
    graph.add(Tensor("y", result, "int8", Quantization.per_tensor(1.0, zero)))
    graph.nodes.append(Node(op, ("x", "w", "b"), ("y",)))
    graph.inputs, graph.outputs = ["x"], ["y"]
    graph.validate()
    return graph


def form_of(graph: Graph) -> int | None:
    """Which of the candidates is the kernel's."""
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return next((k for k, c in enumerate(found) if isinstance(c, Call) and c.kernel == KERNEL), None)


def pictures(weights: Sequence[int], seed: int) -> NDArray[np.int8]:
    """Lowest and highest inputs, random ones, and those which bring windows to their ends."""
    rng, w = np.random.default_rng(seed), np.array(weights).reshape(3, 3)
    x = np.where(rng.integers(0, 2, (SAMPLES, SIDE, SIDE)) > 0, HIGH, LOW)
    x[0], x[1], x[2] = LOW, HIGH, rng.integers(LOW, HIGH + 1, (SIDE, SIDE))
    for sample, sign in ((3, 1), (4, -1)):
        for row in range(1, SIDE - 3, 4):  # windows that share no input
            for column in range(1, SIDE - 3, 4):
                x[sample, row : row + 3, column : column + 3] = np.where(sign * w > 0, HIGH, LOW)
    return x.astype(np.int8)[..., None]


def drawn() -> Iterator[Case]:
    for i, weights in enumerate(WEIGHTS):
        for k, scale in enumerate(SCALES):
            graph = layer(weights, scale, zero=(5, LOW, HIGH, 0, -7)[k], bias=(571, -40000, 9000, 0, 1 << 20)[k])
            candidate = form_of(graph)
            if candidate is not None:
                inputs = {"x": pictures(weights, i)}
                yield Case(f"w{i}_s{k}", graph, i, SAMPLES, proof.GUARD, inputs=inputs, candidate=candidate)


CASES = list(drawn())


def test_cases() -> None:
    assert {case.name[:2] for case in CASES} == {f"w{i}" for i in range(len(WEIGHTS))}
    assert {case.name[3:] for case in CASES} == {f"s{k}" for k in range(len(SCALES))}


@pytest.mark.parametrize(("change", "taken"), [
    ({}, True), ({"in_zero": -127}, False), ({"batch": 2}, False), ({"size": (13, 12)}, False),
    ({"size": (11, 13)}, False), ({"stride": 1}, False), ({"padding": "valid"}, False),
    ({"weights": WEIGHTS[0] * 2}, False),
    ({"weights": (127, 127, 3, 0, 0, 0, 0, 0, 0)}, True), ({"weights": (127, 127, 4, 0, 0, 0, 0, 0, 0)}, False),
    ({"weights": (-128, 127, 2, 0, 0, 0, 0, 0, 0)}, True), ({"weights": (-128, 127, 3, 0, 0, 0, 0, 0, 0)}, False),
    ({"weights": (0, 0, 0, 100, 50, 7, 50, 25, -25)}, True), ({"weights": (0, 0, 0, 100, 50, 7, 50, 25, -26)}, False),
    ({"scale": 0.24}, True), ({"scale": 2.0}, False),
])  # fmt: skip
def test_conditions(change: dict[str, object], taken: bool) -> None:
    arguments: dict[str, object] = {"weights": WEIGHTS[0]} | change
    assert (form_of(layer(**arguments)) is not None) == taken  # type: ignore[arg-type]
