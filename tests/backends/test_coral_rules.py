"""Every documented Edge TPU rule: a layer that keeps it, and one that breaks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from edgekit.backends import backend
from edgekit.backends.coral import CONSTRAINTS, advice, check
from edgekit.errors import InputError
from edgekit.graph import Graph
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.split import Split
from edgekit.graph.ops.strided_slice import StridedSlice
from edgekit.graph.ops.sum import Sum
from edgekit.graph.ops.transpose import Transpose
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.target import load_targets
from tests.backends.graphs import one_node, small_int8

IMAGE, WEIGHTS = (1, 8, 8, 4), (4, 3, 3, 4)
CONV: dict[str, Any] = {"shapes": [IMAGE, WEIGHTS], "constants": [1]}
DEPTHWISE: dict[str, Any] = {"shapes": [IMAGE, (1, 3, 3, 4)], "constants": [1]}


def slice_of(strides: tuple[int, ...]) -> StridedSlice:
    return StridedSlice(begin=(0, 0, 0, 0), end=(1, 4, 4, 4), strides=strides)


# name of the constraint, options, a graph that keeps it, a graph that breaks it, what the message must say
CASES = [
    (
        "equal_dilations",
        {},
        one_node(Conv2D(dilation=(2, 2)), **CONV),
        one_node(Conv2D(dilation=(1, 2)), **CONV),
        "2 in x and 1 in y",
    ),
    (
        "equal_dilations",
        {},
        one_node(DepthwiseConv2D(), **DEPTHWISE),
        one_node(DepthwiseConv2D(dilation=(2, 1)), **DEPTHWISE),
        "1 in x and 2 in y",
    ),
    (
        "no_old_dilated_depthwise",
        {"min_runtime_version": 12},
        one_node(DepthwiseConv2D(), **DEPTHWISE),
        one_node(DepthwiseConv2D(dilation=(2, 2)), **DEPTHWISE),
        "runtime 12",
    ),
    (
        "no_fused_activation",
        {},
        one_node(MaxPool2D(), [IMAGE]),
        one_node(MaxPool2D(activation="relu"), [IMAGE]),
        "relu",
    ),
    (
        "no_fused_activation",
        {},
        one_node(AveragePool2D(), [IMAGE]),
        one_node(AveragePool2D(activation="relu6"), [IMAGE]),
        "relu6",
    ),
    (
        "one_dimensional_output",
        {},
        one_node(FullyConnected(), [(1, 4), (2, 4)], [1]),
        one_node(FullyConnected(), [(3, 4), (2, 4)], [1]),
        "(3, 2)",
    ),
    ("small_softmax", {}, one_node(Softmax(), [(1, 16000)]), one_node(Softmax(), [(1, 16001)]), "16001"),
    ("small_softmax", {}, one_node(Softmax(), [(10,)]), one_node(Softmax(), [(2, 10)]), "(2, 10)"),
    ("not_the_batch", {}, one_node(Mean(axes=(1, 2)), [IMAGE]), one_node(Mean(axes=(0,)), [IMAGE]), "(0,)"),
    ("not_the_batch", {}, one_node(Sum(axes=(1,)), [IMAGE]), one_node(Sum(axes=(0, 1)), [IMAGE]), "(0, 1)"),
    (
        "not_the_batch",
        {},
        one_node(Split(axis=3, sizes=(2, 2)), [IMAGE]),
        one_node(Split(axis=0, sizes=(1, 1)), [(2, 4)]),
        "(0,)",
    ),
    (
        "mean_over_channels",
        {},
        one_node(Mean(axes=(3,)), [IMAGE]),
        one_node(Mean(axes=(3,)), [(1, 8, 8, 6)]),
        "6 channels",
    ),
    (
        "mean_over_channels",
        {"min_runtime_version": 12},
        one_node(Mean(axes=(1, 2)), [IMAGE]),
        one_node(Mean(axes=(3,)), [IMAGE]),
        "runtime 12",
    ),
    (
        "no_batch_padding",
        {},
        one_node(Pad(((0, 0), (1, 1), (1, 1), (2, 0))), [IMAGE]),
        one_node(Pad(((1, 0), (0, 0), (0, 0), (0, 0))), [IMAGE]),
        "(1, 0)",
    ),
    (
        "no_batch_padding",
        {"min_runtime_version": 12},
        one_node(Pad(((0, 0), (1, 1), (1, 1), (0, 0))), [IMAGE]),
        one_node(Pad(((0, 0), (0, 0), (0, 0), (2, 0))), [IMAGE]),
        "runtime 12",
    ),
    (
        "constants_are_zero_padding",
        {},
        one_node(Concatenation(axis=3), [IMAGE, IMAGE], [1], values=0),
        one_node(Concatenation(axis=3), [IMAGE, IMAGE], [1]),
        "not zero",
    ),
    (
        "constants_are_zero_padding",
        {},
        one_node(Concatenation(axis=3), [IMAGE] * 3),
        one_node(Concatenation(axis=3), [IMAGE] * 3, [1], values=0),
        "3 inputs",
    ),
    (
        "unit_strides",
        {},
        one_node(slice_of((1, 1, 1, 1)), [IMAGE]),
        one_node(slice_of((1, 2, 1, 1)), [IMAGE]),
        "(1, 2, 1, 1)",
    ),
    (
        "three_dimensional_images",
        {},
        one_node(ResizeBilinear((16, 16)), [IMAGE]),
        one_node(ResizeBilinear((16, 16)), [(2, 8, 8, 4)]),
        "(2, ",
    ),
    (
        "three_dimensions",
        {},
        one_node(Conv2D(), **CONV),
        one_node(Conv2D(), [(2, 8, 8, 4), WEIGHTS], [1]),
        "(2, 8, 8, 4)",
    ),
    ("constant_parameters", {}, one_node(Conv2D(), **CONV), one_node(Conv2D(), [IMAGE, WEIGHTS]), "x1"),
    (
        "known_to_the_runtime",
        {"min_runtime_version": 13},
        one_node(TransposeConv(output_size=(8, 8)), [IMAGE, WEIGHTS], [1]),
        one_node(Transpose((0, 2, 1, 3)), [IMAGE]),
        "needs 14",
    ),
    ("fully_quantized", {}, one_node(MaxPool2D(), [IMAGE]), one_node(MaxPool2D(), [IMAGE], dtype="int16"), "int16"),
]


def rule(name: str) -> str:
    from edgekit.backends.coral.constraints import every, layers, shapes

    return next(getattr(m, name).rule for m in (every, layers, shapes) if hasattr(m, name))


@pytest.mark.parametrize("name, options, good, bad, found", CASES, ids=[c[0] for c in CASES])
def test_a_rule(name: str, options: dict[str, Any], good: Graph, bad: Graph, found: str) -> None:
    target = load_targets()["coral"].with_options(options)
    assert rule(name) not in {r.rule for r in check(good, target)}
    matching = [r for r in check(bad, target) if r.rule == rule(name)]
    assert len(matching) == 1 and found in matching[0].found and matching[0].fix
    assert matching[0].layer == "y0"


def test_no_rule_is_without_a_case() -> None:
    untested = {"supported", "one_dimensional_alpha", "large_resize", "large_reshape"}  # below
    covered = {rule(name) for name in {case[0] for case in CASES} | untested}
    assert {c.rule for c in CONSTRAINTS} == covered


def test_unsupported_operators_are_rejected_unless_the_recipe_leaves_them_to_the_cpu() -> None:
    from edgekit.graph.ops.leaky_relu import LeakyRelu

    graph, target = one_node(LeakyRelu(0.1), [IMAGE]), load_targets()["coral"]
    assert [r.found for r in check(graph, target)] == ["leaky_relu"]
    assert check(graph, target.with_options({"cpu": ["leaky_relu"]})) == []


def test_alpha_of_prelu_is_one_dimensional() -> None:
    from edgekit.graph.ops.prelu import Prelu

    target = load_targets()["coral"]
    assert check(one_node(Prelu(), [IMAGE, (1, 1, 4)], [1]), target) == []
    assert [r.found for r in check(one_node(Prelu(), [IMAGE, (8, 8, 4)], [1]), target)] == ["alpha of shape (8, 8, 4)"]


def test_float_graphs_are_judged_by_structure_alone() -> None:
    target = load_targets()["coral"]
    assert check(one_node(Conv2D(), [IMAGE, WEIGHTS], [1], "float32"), target) == []
    bad = one_node(Conv2D(dilation=(1, 2)), [IMAGE, WEIGHTS], [1], "float32")
    assert [r.rule for r in check(bad, target)] == [rule("equal_dilations")]


def test_a_half_quantized_graph_is_rejected() -> None:
    graph = small_int8()
    graph.tensors["z"] = replace(graph.tensors["z"], dtype="float32", quantization=None)
    assert [r.layer for r in check(graph, load_targets()["coral"])] == ["z"]


def test_what_only_the_compiler_can_tell_is_advice() -> None:
    target = load_targets()["coral"]
    resize = one_node(ResizeBilinear((16, 16)), [IMAGE])
    assert check(resize, target) == [] and [r.layer for r in advice(resize, target)] == ["y0"]
    large = one_node(Reshape((1, 1 << 21)), [(1, 2048, 1024)])
    assert check(large, target) == [] and "2097152" in advice(large, target)[0].found
    assert advice(one_node(Reshape((1, 256)), [IMAGE]), target) == []


def test_options_are_closed() -> None:
    with pytest.raises(InputError, match="min_maped"):
        check(small_int8(), load_targets()["coral"].with_options({"min_maped": 0.9}))
    with pytest.raises(InputError, match="min_runtime_version"):
        check(small_int8(), load_targets()["coral"].with_options({"min_runtime_version": 99}))


@pytest.mark.parametrize("name", ["ic_resnet8_int8", "kws_dscnn_int8", "vww_96_int8", "ad01_int8", "vww_96_float"])
def test_mlperf_tiny_models_pass(shared: Any, name: str) -> None:
    from edgekit.frontend import load

    assert check(load(shared / "models" / "mlperf_tiny" / f"{name}.tflite"), load_targets()["coral"]) == []


def test_the_reference_takes_what_the_simulator_has() -> None:
    target = load_targets()["reference"]
    assert backend("reference").check(small_int8(), target) == []
