"""Conv: one convolution, a depthwise convolution, or one convolution per group."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.images import fit, window
from edgekit.frontend.onnx.importer import Constant, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Quantization
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.split import Split

MAX_GROUPS = 64


def emit(importer: Importer, node: OnnxNode) -> None:
    x, w = importer.shape(node.inputs[0]), importer.shape(node.inputs[1])
    group = node.attribute("group", 1)
    if len(w) != 4 or len(x) != 4:
        raise node.unsupported(f"only 1-D and 2-D convolutions are supported, found weights of {len(w)} dimensions")
    node.require(group >= 1 and w[1] * group == x[1] and w[0] % group == 0, "groups, channels and weights must agree",
                 f"group {group}, input {x}, weights {w}")  # fmt: skip
    kernel = (w[2], w[3])
    node.require(node.integers("kernel_shape", list(kernel)) == list(kernel), "kernel_shape must be the weights'")
    area = window(importer, node, kernel)
    tensor, padding = fit(importer, node, importer.nhwc(node), area)
    settings = {"stride": area.stride, "dilation": area.dilation, "padding": padding}
    if group == 1:
        weights = importer.permuted(node, 1, (0, 2, 3, 1), "the weights")
        op = Conv2D(**settings)  # type: ignore[arg-type]
    elif w[1] == 1:
        weights = importer.permuted(node, 1, (1, 2, 3, 0), "the weights")
        op = DepthwiseConv2D(**settings)  # type: ignore[arg-type,assignment]
    else:
        _grouped(importer, node, tensor, group, Conv2D(**settings))  # type: ignore[arg-type]
        return
    bias = importer.tensor(node.inputs[2]) if node.has(2) else _zeros(importer, node, w[0])
    importer.bind_nchw(node, importer.emit(op, [tensor, weights, bias], node.outputs[0], dtype="float32"))


def _grouped(importer: Importer, node: OnnxNode, tensor: str, group: int, op: Conv2D) -> None:
    if group > MAX_GROUPS:
        raise node.unsupported(f"{group} groups are not supported, at most {MAX_GROUPS} (or depthwise) are")
    weights = importer.value(node.inputs[1])
    bias = importer.value(node.inputs[2]) if node.has(2) else None
    if isinstance(weights, str) or isinstance(bias, str):
        raise node.unsupported("weights and bias of grouped convolutions must be constant")
    name = node.outputs[0]
    x_channels = importer.graph.tensors[tensor].shape[3]
    parts = importer.emit_all(
        Split(axis=3, sizes=(x_channels // group,) * group), [tensor], [f"{name}_in{i}" for i in range(group)]
    )
    results = []
    for i, part in enumerate(parts):
        inputs = [part, importer.add_constant(_part(weights, group, i).transposed((0, 2, 3, 1)), f"{name}_w{i}")]
        if bias is None:
            inputs.append(_zeros(importer, node, weights.array.shape[0] // group))
        else:
            inputs.append(importer.add_constant(_part(bias, group, i), f"{name}_b{i}"))
        results.append(importer.emit(op, inputs, f"{name}_group{i}", dtype="float32"))
    importer.bind_nchw(node, importer.emit(Concatenation(axis=3), results, name))


def _zeros(importer: Importer, node: OnnxNode, channels: int) -> str:
    """A bias for convolutions without one, which LiteRT refuses."""
    return importer.add_constant(np.zeros(channels, np.float32), f"{node.outputs[0]}_bias")


def _part(value: Constant, group: int, index: int) -> Constant:
    """Part `index` of `group` equal ones along axis 0, with its share of the scales."""
    q = value.quantization
    if q is not None and q.axis == 0:
        q = Quantization(np.split(q.scale, group)[index], np.split(q.zero_point, group)[index], 0)
    return Constant(np.split(value.array, group)[index], q)
