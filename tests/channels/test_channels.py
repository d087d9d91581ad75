"""Channels that change nothing: what goes, what must stay, and that no integer of the outputs changes anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.graphs import Builder
from edgekit import channels, frontend
from edgekit.analysis import analyze
from edgekit.graph import Graph, Quantization, Tensor
from edgekit.graph.operator import Activation, Operator, Padding
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.mean import Mean
from edgekit.passes import optimize
from edgekit.reference import Simulator
from edgekit.verification import random_inputs, verify

ARITHMETICS = ("tflm", "litert-reference", "xnnpack", "onnxruntime")
Change = Callable[[Tensor, np.ndarray[Any, Any]], None]


def low(bias: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], i: Sequence[int]) -> None:
    bias[i] = -(1 << 26)  # far below what any input makes up for


def high(bias: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], i: Sequence[int]) -> None:
    bias[i] = 1 << 26


def between(bias: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], i: Sequence[int]) -> None:
    weights[..., i] = 0
    bias[i] = np.abs(bias[i]) // 2 + 7


def unread(bias: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], i: Sequence[int]) -> None:
    """Of the input's channels."""
    weights[i] = 0


KINDS = (low, high, between)


def edit(graph: Graph, layer: int, which: Sequence[int], how: Callable[..., None]) -> Graph:
    """The graph with some channels of its `layer`-th layer with weights made constant, or its input's left unread."""
    node = [n for n in graph.nodes if len(n.inputs) == 3][layer]
    after, (w, b) = graph.copy(), (graph.tensors[str(n)] for n in node.inputs[1:])
    assert w.data is not None and b.data is not None
    weights, bias = np.array(w.data), np.array(b.data)
    # output channels last; for `unread` the input's channels first
    view = weights if node.op.name == "depthwise_conv_2d" else np.moveaxis(weights, 0, -1)
    view = np.moveaxis(view, -2, 0) if how is unread else view
    how(bias, view, list(which))
    for tensor, data in ((w, weights), (b, bias)):
        after.tensors[tensor.name] = tensor.with_(data=data)
    return after


def inputs_of(graph: Graph, seed: int = 0) -> dict[str, np.ndarray[Any, Any]]:
    """Random ones, all lowest, all highest."""
    found = random_inputs(graph, 3, seed)
    for array in found.values():
        rows = len(array) // 3
        array[:rows], array[rows : 2 * rows] = -128, 127
    return found


def same_integers(before: Graph, after: Graph, seed: int = 0) -> None:
    after.validate()
    assert channels.leave_out(after) is after
    x = inputs_of(before, seed)
    averaged = any(node.op.name == "mean" for node in before.nodes)
    for arithmetic in ARITHMETICS[: 3 if averaged else 4]:  # ONNX Runtime's means are not predicted
        wanted, found = (Simulator(replace(g, arithmetic=arithmetic)).run(x) for g in (before, after))
        for name, values in wanted.items():
            assert np.array_equal(values, found[name]), (arithmetic, name)


def widths(graph: Graph) -> list[int]:
    """Channels of the layers with weights, but the last one."""
    return [graph.node_outputs(n)[0].shape[-1] for n in graph.nodes if len(n.inputs) == 3][:-1]


def separable(padding: Padding = "same", activation: Activation = "relu", pool: Operator | None = None) -> Graph:
    """A convolution of 24 channels, one depthwise, one 1x1 of 16, a pool, fully connected."""
    b = Builder("separable", (1, 6, 6, 3), 1)
    x = b.weighted(Conv2D(padding=padding, activation=activation), "input", (24, 3, 3, 3), 0)
    x = b.weighted(DepthwiseConv2D(padding=padding, activation=activation), x, (1, 3, 3, 24), 3)
    x = b.conv(x, 16, 1, activation=activation)
    if pool is not None:
        x = b.node(pool, [x], b.graph.tensors[x].quantization)
    return b.ended(b.connected(b.flat(x), 5, "none"))


DEAD = [0, 3, 4, 5, 7, 11, 13, 14, 20, 23]


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_what_is_one_number_goes(how: Callable[..., None], padding: Padding) -> None:
    """Of a depthwise layer the channel before goes too; what is padded with another number is no constant."""
    before = edit(separable(padding), 1, DEAD, how)
    after = channels.leave_out(before)
    assert widths(before) == [24, 24, 16] and widths(after) == [16, 16, 16]
    assert after.parameters() < before.parameters() and after.macs() < before.macs()
    same_integers(before, after)
    before = edit(separable(padding), 0, DEAD, how)  # whose depthwise layer takes it up
    after = channels.leave_out(before)
    edges = padding == "same" and how is not low
    assert widths(after) == ([24, 24, 16] if edges else [16, 16, 16])
    same_integers(before, after)


@pytest.mark.parametrize("pool", [None, AveragePool2D((2, 2), (2, 2)), MaxPool2D((2, 2), (2, 2)), Mean((1, 2))])
@pytest.mark.parametrize("how", [*KINDS, unread])
def test_through_pools_into_every_pixel_of_a_fully_connected_layer(
    how: Callable[..., None], pool: Operator | None
) -> None:
    before = separable("valid", pool=pool)
    if how is unread:
        pixels = before.tensors[str(before.nodes[-1].inputs[1])].shape[1] // 16
        before = edit(before, 3, [p * 16 + c for p in range(pixels) for c in range(9)], how)
    else:
        before = edit(before, 2, range(9), how)
    after = channels.leave_out(before)
    assert widths(after)[-1] == 8 and widths(before)[-1] == 16  # 7 stay, and one more
    same_integers(before, after)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("how", KINDS)
def test_beside_the_border_only_the_zero_point_is_one_number(how: Callable[..., None], padding: Padding) -> None:
    b = Builder("border", (1, 5, 5, 3), 4)
    x = b.conv("input", 16, 1)
    before = edit(b.ended(b.weighted(Conv2D(padding=padding), x, (4, 3, 3, 16), 0)), 0, range(8), how)
    after = channels.leave_out(before)
    assert widths(after) == ([16] if padding == "same" and how is not low else [8])
    same_integers(before, after)


def test_without_a_bias_nothing_can_be_added_to_it() -> None:
    for how, left in ((low, 8), (high, 16)):
        before = edit(separable("valid"), 2, range(9), how)
        last = before.nodes[-1]
        before.nodes[-1] = replace(last, inputs=last.inputs[:2])
        after = channels.leave_out(before)
        assert after.node_outputs(after.nodes[-3])[0].shape[-1] == left
        same_integers(before, after)


def test_it_adds_up_in_the_bias_of_the_next_layer() -> None:
    before = edit(separable("valid"), 2, range(9), high)
    bias = [g.tensors[str(g.nodes[-1].inputs[2])].data for g in (before, channels.leave_out(before))]
    assert bias[0] is not None and bias[1] is not None and np.any(bias[0] != bias[1])
    huge = edit(before, 3, range(5), lambda b, w, i: np.copyto(b, (1 << 31) - 1))
    assert channels.leave_out(huge) is huge  # it would not fit 32 bits


def test_a_sum_loses_what_is_constant_in_both() -> None:
    b = Builder("residual", (1, 4, 4, 4), 2)
    x = b.conv("input", 16, 1)
    y = b.conv(x, 16, 3)
    z = b.node(Add("relu"), [x, y], Quantization.per_tensor(float(b.graph.tensors[x].scale) * 1.5, -128))
    graph = b.ended(b.conv(z, 4, 1))
    one = edit(graph, 0, range(8), low)
    assert channels.leave_out(one) is one
    both = edit(one, 1, range(8), low)
    after = channels.leave_out(both)
    assert widths(after) == [8, 8]
    same_integers(both, after)


def test_what_others_see_stays() -> None:
    """Outputs, inputs, and what layers read whose channels do not stay apart."""
    b = Builder("seen", (1, 4, 4, 16), 3)
    x = b.conv("input", 16, 1)
    y = b.conv(x, 16, 1)
    joined = b.node(Concatenation(axis=3), [x, y], b.graph.tensors[x].quantization)
    graph = b.ended(b.conv(joined, 16, 1))
    for layer, how in ((0, low), (1, low), (2, low), (0, unread)):
        dead = edit(graph, layer, range(12), how)
        assert channels.leave_out(dead) is dead
    shown = edit(separable("valid"), 2, range(9), low)
    shown.outputs.append([n for n in shown.nodes if len(n.inputs) == 3][2].name)
    assert channels.leave_out(shown) is shown


def test_no_layer_loses_all() -> None:
    before = edit(separable("valid"), 2, range(16), low)
    after = channels.leave_out(before)
    assert widths(after)[-1] == 8
    same_integers(before, after)


def test_what_nearly_varies_stays() -> None:
    """The lowest accumulators that still give another number than the bound; one less, and they go."""
    graph = separable("valid")
    node = next(n for n in graph.nodes if len(n.inputs) == 3)
    x, w = (graph.tensors[str(n)] for n in node.inputs[:2])
    assert w.data is not None and w.quantization is not None
    most = np.maximum(w.data.astype(np.int64) * 255, 0).reshape(24, -1).sum(1)  # x is -128 to 127 about -128
    step = graph.tensors[node.name].scale / (float(x.scale) * w.quantization.scale.astype(np.float64))

    def at(steps: float) -> Graph:
        def set_bias(bias: np.ndarray[Any, Any], weights: object, i: Sequence[int]) -> None:
            bias[i] = (steps * step - most)[i].astype(np.int32)

        return edit(graph, 0, range(9), set_bias)

    stays, goes = at(0.6), at(0.4)
    assert channels.leave_out(stays) is stays
    assert widths(channels.leave_out(goes)) == [16, 16, 16]
    same_integers(goes, channels.leave_out(goes))


@settings(max_examples=25)
@given(st.data())
def test_random_networks_keep_their_integers(data: st.DataObject) -> None:
    draw = data.draw
    b = Builder(
        "random",
        (1, draw(st.integers(4, 7)), draw(st.integers(4, 7)), draw(st.integers(1, 5))),
        draw(st.integers(0, 99)),
    )
    x = "input"
    activations: st.SearchStrategy[Activation] = st.sampled_from(["none", "relu", "relu6"])
    for _ in range(draw(st.integers(2, 4))):
        padding: Padding = draw(st.sampled_from(["same", "valid"]))
        _, height, width, depth = b.graph.tensors[x].shape
        size = draw(st.sampled_from([1, 3])) if min(height, width) > 3 else 1
        stride = draw(st.sampled_from([(1, 1), (2, 2)]))
        if draw(st.booleans()):
            op: Any = DepthwiseConv2D(stride=stride, padding=padding, activation=draw(activations))
            x = b.weighted(op, x, (1, size, size, depth), 3)
        else:
            op = Conv2D(stride=stride, padding=padding, activation=draw(activations))
            x = b.weighted(op, x, (draw(st.integers(9, 20)), size, size, depth), 0)
    graph = b.ended(b.connected(b.flat(x), 3, "none"))
    layers = [n for n in graph.nodes if len(n.inputs) == 3]
    for layer, node in enumerate(layers[:-1]):
        last = graph.node_outputs(node)[0].shape[-1] - 1
        dead = draw(st.lists(st.integers(0, last), unique=True))
        graph = edit(graph, layer, dead, draw(st.sampled_from(KINDS))) if dead else graph
    same_integers(graph, channels.leave_out(graph), draw(st.integers(0, 99)))


@pytest.mark.parametrize("against", ["tflite-micro", "litert-reference"])
def test_runtimes_give_the_integers_of_the_whole_on_what_is_left(against: str) -> None:
    whole = edit(edit(separable("same"), 0, DEAD, low), 2, range(9), between)
    left = channels.leave_out(whole)
    assert widths(left) == [16, 16, 8]
    assert verify(left, against, inputs_of(left)).exact and verify(whole, against, inputs_of(whole)).exact


def test_a_person_is_told(tmp_path: Path) -> None:
    whole = edit(separable("same"), 0, DEAD, low)
    said = channels.sentences(whole, channels.leave_out(whole))
    assert said and said[0].startswith("16 of 69 channels change nothing") and "840 parameters become" not in said[0]
    assert channels.sentences(whole, whole) == []
    path = tmp_path / "model.tflite"
    frontend.tflite.save(whole, path)
    found = analyze(path)
    assert found.notes[0] == said[0] and found.parameters == channels.leave_out(whole).parameters()


def test_most_of_visual_wake_words_goes(shared: Path) -> None:
    whole = frontend.load(shared / "models" / "mlperf_tiny" / "vww_96_int8.tflite")
    left = channels.leave_out(optimize(whole))
    assert left.parameters() * 6 < whole.parameters() and left.macs() * 1.9 < whole.macs()
    same_integers(whole, left)
