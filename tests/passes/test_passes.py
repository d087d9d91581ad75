"""Each pass alone on the pattern that it is for, and all of them on random graphs: the function must stay."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit import plugins
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.relu import Relu
from edgekit.graph.ops.relu6 import Relu6
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.sub import Sub
from edgekit.graph.ops.transpose import Transpose
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.passes import (
    activation_fusion,
    constant_folding,
    dead_code,
    identity,
    layout,
    optimize,
    pad_fusion,
    scale_folding,
    unflatten,
)
from tests.passes.graphs import Builder, names, random_graph, same_function

NCHW, NHWC = (0, 3, 1, 2), (0, 2, 3, 1)


def test_every_pass_has_an_order_of_its_own() -> None:
    orders = {name: module.ORDER for name, module in plugins.modules("edgekit.passes").items()}
    assert len(set(orders.values())) == len(orders)


@pytest.mark.parametrize("name", plugins.names("edgekit.passes"))
def test_a_pass_with_nothing_to_do_returns_the_very_graph(name: str) -> None:
    b = Builder(1, 4, 4, 2)
    graph = b.done(b(Relu(), b(MaxPool2D((2, 2), (2, 2)), "x")))
    assert plugins.module("edgekit.passes", name).run(graph) is graph  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_keep_their_function_under_each_pass_and_all(seed: int) -> None:
    graph = random_graph(seed)
    for module in plugins.modules("edgekit.passes").values():
        same_function(graph, module.run(graph))
    after = optimize(graph)
    same_function(graph, after)
    assert optimize(after) is after


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 2500))
def test_many_random_graphs_keep_their_function(seed: int) -> None:
    graph = random_graph(seed, 25)
    same_function(graph, optimize(graph), tolerance=1e-4)  # a softmax of large values magnifies the rounding before it


def test_constants_are_folded() -> None:
    b = Builder(1, 3)
    c = b(Relu(), b(Add(), b.constant(1, 3), b.constant(3)))
    graph = b.done(b(Mul(), "x", c))
    after = dead_code.run(constant_folding.run(graph))
    assert names(after) == ["mul"] and len(after.tensors) == 3
    same_function(graph, after)


def test_dead_nodes_and_tensors_go() -> None:
    b = Builder(1, 3)
    b(Relu(), b(Relu6(), "x"))
    graph = b.done(b(Mul(), "x", b.constant(3)))
    after = dead_code.run(graph)
    assert names(after) == ["mul"] and len(after.tensors) == 3


def test_identities_go_and_outputs_keep_their_names() -> None:
    b = Builder(1, 3)
    one = b.graph.add(Tensor.constant("one", np.ones(3, np.float32)))
    first = b(Relu(), "x")
    graph = b.done(b(Reshape((1, 3)), b(Mul(), first, one)))
    after = identity.run(graph)
    assert names(after) == ["relu"] and after.nodes[0].outputs == tuple(graph.outputs)
    same_function(graph, after)


def test_identity_of_an_input_stays_as_output() -> None:
    b = Builder(1, 3)
    graph = b.done(b(Reshape((1, 3)), "x"))
    assert names(identity.run(graph)) == ["reshape"]


@pytest.mark.parametrize("kind", ["conv", "depthwise", "dense", "transpose"])
def test_batch_norm_goes_into_the_layer_before(kind: str) -> None:
    b = Builder(1, 6) if kind == "dense" else Builder(1, 5, 5, 3)
    channels = 6
    if kind == "conv":
        made = b(Conv2D(), "x", b.constant(channels, 3, 3, 3), b.constant(channels))
    elif kind == "depthwise":
        made = b(DepthwiseConv2D(), "x", b.constant(1, 3, 3, channels))
    elif kind == "dense":
        made = b(FullyConnected(), "x", b.constant(channels, 6))
    else:
        made = b(TransposeConv((10, 10), (2, 2)), "x", b.constant(channels, 3, 3, 3), b.constant(channels))
    scaled = b(Mul(), made, b.constant(channels))
    graph = b.done(b(Relu(), b(Sub(), b(Add(), scaled, b.constant(channels)), b.constant(1))))
    after = optimize(graph)
    assert names(after) == ([graph.nodes[0].op.name] if kind != "transpose" else ["transpose_conv", "relu"])
    same_function(graph, after)


def test_scale_of_a_shared_layer_stays() -> None:
    b = Builder(1, 5, 5, 3)
    made = b(Conv2D(), "x", b.constant(4, 3, 3, 3))
    graph = b.done(made, b(Mul(), made, b.constant(4)))
    assert scale_folding.run(graph) is graph


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_scale_and_offset_before_a_layer(padding: str) -> None:
    b = Builder(1, 5, 5, 3)
    moved = b(Add(), b(Mul(), "x", b.constant(3)), b.constant(3))
    graph = b.done(b(Conv2D(padding=padding), moved, b.constant(4, 3, 3, 3)))  # type: ignore[arg-type]
    after = optimize(graph)
    assert names(after) == (["conv_2d"] if padding == "valid" else ["mul", "add", "conv_2d"])
    same_function(graph, after)


@pytest.mark.parametrize("op", [Relu(), Relu6()])
def test_activations_are_fused_but_not_into_pools(op: Relu) -> None:
    b = Builder(1, 6, 6, 3)
    made = b(op, b(Conv2D(), "x", b.constant(3, 3, 3, 3)))
    made = b(op, b(Add(), made, "x"))
    graph = b.done(b(op, b(AveragePool2D(), made)))
    after = activation_fusion.run(graph)
    assert names(after) == ["conv_2d", "add", "average_pool_2d", op.name]
    assert after.nodes[0].op.activation == op.name  # type: ignore[attr-defined]
    same_function(graph, after)


def test_activation_of_a_value_read_twice_stays() -> None:
    b = Builder(1, 6, 6, 3)
    made = b(Conv2D(), "x", b.constant(3, 3, 3, 3))
    graph = b.done(b(Add(), b(Relu(), made), made))
    assert activation_fusion.run(graph) is graph


PADS = [(6, 1, (1, 1), True), (6, 2, (0, 1), True), (6, 2, (1, 1), False), (7, 2, (1, 1), True)]


@pytest.mark.parametrize(("size", "stride", "sides", "fused"), PADS)
def test_pads_that_are_same_padding_go(size: int, stride: int, sides: tuple[int, int], fused: bool) -> None:
    b = Builder(1, size, size, 3)
    padded = b(Pad(((0, 0), sides, sides, (0, 0))), "x")
    graph = b.done(b(Conv2D((stride, stride), (1, 1), "valid"), padded, b.constant(3, 3, 3, 3)))
    after = optimize(graph)
    assert names(after) == (["conv_2d"] if fused else ["pad", "conv_2d"])
    same_function(graph, after)


def test_pad_of_ones_stays() -> None:
    b = Builder(1, 6, 6, 3)
    padded = b(Pad(((0, 0), (1, 1), (1, 1), (0, 0)), value=1.0), "x")
    graph = b.done(b(Conv2D((1, 1), (1, 1), "valid"), padded, b.constant(3, 3, 3, 3)))
    assert pad_fusion.run(graph) is graph


def test_transposes_around_channels_first_operators_cancel() -> None:
    b = Builder(1, 6, 5, 4)
    first = b(Transpose(NCHW), "x")
    y = b(Add(), b(Mul(), first, b.constant(4, 1, 1)), b.constant(1, 4, 6, 1))
    y = b(Concatenation(1), y, b(Relu(), first))
    y = b(Pad(((0, 0), (1, 0), (2, 0), (0, 3))), y)
    mean = b(Mean((2, 3), True), y)
    y = b(Mul(), y, mean)
    graph = b.done(b(Transpose(NHWC), y), b(Reshape((1, 9)), mean))
    after = optimize(graph)
    assert "transpose" not in names(after)
    same_function(graph, after)


def test_flattened_features_permute_the_weights() -> None:
    b = Builder(1, 6, 5, 4)
    flat = b(Relu(), b(Reshape((1, 120)), b(Transpose(NCHW), "x")))
    scaled = b(Mul(), flat, b.constant(1, 120))
    graph = b.done(b(FullyConnected(), scaled, b.constant(7, 120), b.constant(7)))
    after = optimize(graph)
    assert "transpose" not in names(after)
    same_function(graph, after)


def test_unflattened_features_permute_the_rows() -> None:
    b = Builder(1, 10)
    made = b(Relu(), b(FullyConnected(), "x", b.constant(60, 10), b.constant(60)))
    image = b(Transpose(NHWC), b(Reshape((1, 3, 4, 5)), made))
    graph = b.done(b(Conv2D(), image, b.constant(2, 3, 3, 3)))
    after = unflatten.run(graph)
    assert "transpose" not in names(after)
    same_function(graph, after)


def test_reshapes_in_a_row_become_one() -> None:
    b = Builder(1, 6, 4)
    graph = b.done(b(Relu(), b(Reshape((1, 24)), b(Reshape((1, 4, 6)), b(Reshape((1, 2, 12)), "x")))))
    after = optimize(graph)
    assert names(after) == ["relu", "reshape"]
    same_function(graph, after)


def test_a_transpose_that_nothing_cancels_stays() -> None:
    b = Builder(1, 6, 5, 4)
    graph = b.done(b(Relu(), b(Transpose(NCHW), "x")))
    after = layout.run(graph)
    assert sorted(names(after)) == ["relu", "transpose"]
    same_function(graph, after)


def test_integer_graphs_keep_every_value() -> None:
    """ReLU between two scales, a multiplication by a constant, equal reshapes: none may be fused or folded."""
    graph = Graph("int8", inputs=["x"], outputs=["z"])
    for name, scale in (("x", 0.1), ("y", 0.1), ("z", 0.05)):
        graph.add(Tensor(name, (1, 4), "int8", Quantization.per_tensor(scale, 0)))
    weights = np.eye(4, dtype=np.int8) * 64
    graph.add(Tensor.constant("w", weights, Quantization.per_tensor(0.01, 0)))
    graph.nodes = [Node(FullyConnected(), ("x", "w"), ("y",)), Node(Relu(), ("y",), ("z",))]
    graph.validate()
    assert optimize(graph) is graph
