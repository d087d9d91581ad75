"""Convolution of three channels by Kronecker substitution gives the simulator's integers: on the host by C twins, and
on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgekit.backends.c import tile_forms
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, fold
from edgekit.backends.c.forms.dsp.conv_2d_kronecker import BITS, FILE, _fits
from edgekit.backends.c.groups import divide
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.pad import Pad
from tests.firmware import proof
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph
from tests.firmware.test_dsp_relu import rectified

SCALES = ((1.0, 60.0), (1.0, 2500.0), (1e-3, 0.05), (1e-7, 1.0))  # of the last all channels are constants
STRIDES = ((1, 1), (2, 2), (2, 1), (1, 2), (3, 1), (3, 2))
PADDINGS: tuple[Padding, ...] = ("same", "same", "valid")
FOURS = (1, 2, 3, 1, 5, 2, 4)  # of columns that a line's blocks begin with
APART = "conv_2d_kronecker_apart_dsp"
Z = 1 << BITS


def calls(graph: Graph) -> dict[int, Call]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return {k: c for k, c in enumerate(found) if isinstance(c, Call) and c.file == FILE}


def drawn() -> Iterator[tuple[str, Graph]]:
    """Lines of one block, of two and more, strides, both paddings, batches, bands of all lines and of few."""
    rng = np.random.default_rng(71)
    for i in range(42):
        stride = STRIDES[i % 6]
        op = Conv2D(stride, padding=PADDINGS[i % 5 % 3], activation="relu")
        height = int(rng.integers(1, 12)) + 2 * (op.padding == "valid")
        shape = 1 + i % 3, height, FOURS[i % 7] * 4 * stride[1], 3
        graph = layer_graph("conv_2d", shape, 2 + 2 * (i % 4), (3, 3), 1, SCALES[i // 2 % 4], rng, op)
        yield f"drawn_{i}", rectified(graph)
    for i, stride in enumerate(STRIDES[:2]):
        shape, op = (2, 75, 40 + 24 * i, 3), Conv2D(stride, padding="same", activation="relu")
        yield f"bands_{i}", rectified(layer_graph("conv_2d", shape, 2, (3, 3), 1, SCALES[0], rng, op))


def ends_of(graph: Graph, seed: int) -> dict[str, NDArray[np.int8]]:
    """Two samples: inputs at the ends of int8, and any."""
    rng, shape = np.random.default_rng(seed), graph.tensors["x"].shape
    values = np.concatenate([np.where(rng.integers(0, 2, shape), 127, -128), rng.integers(-128, 128, shape)])
    return {"x": values.astype(np.int8)}


DRAWN = dict(drawn())
CASES = [
    Case(name, graph, guard=proof.GUARD, candidate=k, inputs=ends_of(graph, i))
    for i, (name, graph) in enumerate(DRAWN.items())
    for k in calls(graph)
]


def test_cases_of_every_kind() -> None:
    assert len(CASES) >= 0.75 * len(DRAWN)  # some channels have no line
    found = [call for case in CASES for call in calls(case.graph).values()]
    assert len({c.kernel for c in found}) == 2
    fields = [{k: v for k, v in c.fields.items() if isinstance(v, int)} for c in found]
    kinds = {(c.kernel, f["begin"] > 0, f["tail"]) for c, f in zip(found, fields, strict=True)}
    assert kinds >= {(FILE, True, 1), (FILE, False, 0), (APART, False, 0), (APART, False, 1)}
    assert {f["lines"] < f["out_h"] for f in fields} == {False, True} and {f["batches"] for f in fields} == {1, 2, 3}
    assert {f["blocks"] for f in fields} >= {1, 2, 3}


def one(width: int = 8, out_c: int = 4, scale: tuple[float, float] = (1.0, 60.0), **changes: object) -> Graph:
    op = replace(Conv2D(padding="same", activation="relu"), **changes)  # type: ignore[arg-type]
    graph = layer_graph("conv_2d", (1, 5, width, 3), out_c, (3, 3), 1, scale, np.random.default_rng(2), op)
    return rectified(graph)


def behind_a_pad() -> Graph:
    """Windows two apart, a column of padding on their left and none on their right: what a pad of 1 becomes."""
    op = Conv2D((2, 2), padding="valid", activation="relu")
    graph = rectified(layer_graph("conv_2d", (1, 18, 18, 3), 4, (3, 3), 1, SCALES[0], np.random.default_rng(3), op))
    x, sides = graph.tensors["x"], (1, 1)
    graph.tensors["p"] = replace(x, name="p")
    graph.tensors["x"] = Tensor("x", (1, 16, 16, 3), "int8", x.quantization)
    conv = replace(graph.nodes[0], inputs=("p", "w", "b"))
    graph.nodes = [Node(Pad(((0, 0), sides, sides, (0, 0))), ("x",), ("p",)), conv]
    graph.validate()
    return graph


@pytest.mark.parametrize("target", ["host-c", "qemu-m4"])
@pytest.mark.usefixtures("host_as_m4")
def test_a_column_of_padding_before_windows_two_apart(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alone(*given: Any, **named: Any) -> list[Call | Alias]:
        found = candidates_of(*given, **named)
        return [c for c in found if isinstance(c, Call) and c.file == FILE] or found

    monkeypatch.setattr(tile_forms, "candidates_of", alone)
    graph = behind_a_pad()
    (group,) = divide(graph, "cortex-m4").groups
    assert {(c.kernel, c.fields["begin"], c.fields["tail"]) for c in group.calls.values()} == {(APART, 4, 0)}
    case = Case("padded", graph, guard=proof.GUARD, inputs=ends_of(graph, 1))
    proof.prove([case], target, tmp_path, sanitize=target == "host-c")


@pytest.mark.parametrize(("graph", "taken"), [
    (one(), True), (one(out_c=3), False), (one(width=10), False), (one(dilation=(1, 2)), False),
    (one(activation="none"), True), (one(stride=(2, 2)), True), (one(width=12, stride=(2, 2)), False),
    (one(stride=(1, 3)), False), (one(scale=(1.0, 3.0)), False),
])  # fmt: skip
def test_conditions(graph: Graph, taken: bool) -> None:
    """Multipliers from an eighth on have no line of doubled sums."""
    assert bool(calls(graph)) == taken


def test_only_where_outputs_have_one_sign() -> None:
    """And where saturation clamps them: not where a ReLU begins above the lowest int8, or ends below the highest."""
    assert calls(one(activation="none")) and not calls(rectified(one(activation="none"), -127))
    assert not calls(rectified(one(), -127))
    assert calls(one(activation="relu6", scale=(1e-4, 6 / 255)))
    assert not calls(one(activation="relu6", scale=(1e-4, 0.03)))


@pytest.mark.parametrize(("bias", "fits"), [(0, True), (-1, False), (Z - 1 - 510, True), (Z - 510, False)])
def test_every_sum_is_below_the_next(bias: int, fits: bool) -> None:
    """A weight of 1, doubled, and inputs of 0 to 255."""
    weights = np.zeros((1, 27), np.int8)
    weights[0, 4] = 1
    number, true = np.array([1]), np.array([True])
    folded = Folded(weights, 0 * number, number, number, true, 0 * number, 2 * number, bias + 256 * number)
    assert _fits(folded) == fits
    assert not _fits(replace(folded, factor=4 * number))


@pytest.mark.parametrize("exponent", range(5, 13))
def test_sums_around_the_middle(exponent: int) -> None:
    """All accumulators of a line that moves them there have the outputs of one that does not."""
    rng = np.random.default_rng(exponent)
    weights, bias = rng.integers(-128, 128, (3, 27)).astype(np.int8), rng.integers(-3000, 3000, 3)
    real = rng.uniform(0.5, 1, 3) * 2.0**-exponent
    folded = fold(weights, bias, 5, real, (0, 255))
    assert folded is not None
    plain, around = (one_line(folded, real, (0, 255), -128, around=to) for to in (None, Z // 2))
    assert plain is not None and around is not None and _fits(around)
    w = folded.weights.astype(np.int64)
    low = folded.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)
    for channel in range(3):
        a = np.arange(low[channel], high[channel] + 1)
        np.testing.assert_array_equal(*(np.clip(_wide(line, channel, a) >> 3, -128, 127) for line in (plain, around)))


def _wide(line: Folded, channel: int, a: NDArray[np.int64]) -> NDArray[np.int64]:
    moved = int(line.factor[channel]) * a + int(line.offset[channel])
    return np.asarray(int(line.divider[channel]) + ((moved * int(line.multiplier[channel]) + (1 << 31)) >> 32))


@pytest.mark.usefixtures("host_as_m4")
def test_host(tmp_path: Path) -> None:
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES if target == "qemu-m4" else CASES[::3], target, tmp_path)
