"""ConvTranspose: the full (VALID) transposed convolution, cropped; SAME where the pads say so."""

from __future__ import annotations

from typing import cast

import numpy as np

from edgekit.frontend.onnx.images import Pair
from edgekit.frontend.onnx.importer import Constant, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Quantization
from edgekit.graph.ops.strided_slice import StridedSlice
from edgekit.graph.ops.transpose_conv import TransposeConv

MAX_GROUPS = 64


def emit(importer: Importer, node: OnnxNode) -> None:
    x, w = importer.shape(node.inputs[0]), importer.value(node.inputs[1])
    if isinstance(w, str):
        raise node.unsupported("the weights must be constant, found a value computed at run time")
    if len(x) != 4 or w.array.ndim != 4:
        raise node.unsupported("only 1-D and 2-D transposed convolutions are supported")
    group = node.attribute("group", 1)
    node.require(group >= 1 and w.array.shape[0] == x[1] and x[1] % group == 0, "groups and channels must agree")
    weights = _dense(node, w, group)
    stride = cast(Pair, tuple(node.integers("strides", [1, 1], 2)))
    extra = node.integers("output_padding", [0, 0], 2)
    if node.integers("dilations", [1, 1], 2) != [1, 1]:
        raise node.unsupported("dilated transposed convolutions are not supported")
    node.require(min(stride) > 0 and max(stride) < 1 << 12 and min(extra) >= 0 and max(extra) < max(*stride, 2),
                 "strides must be positive and output_padding smaller than they")  # fmt: skip
    kernel = weights.array.shape[1:3]
    begin, size = _pads(node, x, cast(Pair, kernel), stride, extra)
    # What output_padding adds beyond the full result sees no weight but the bias: as if the kernel ended in zeros.
    full = [(x[2 + i] - 1) * stride[i] + kernel[i] for i in range(2)]
    missing = [max(begin[i] + size[i] - full[i], 0) for i in range(2)]
    if any(missing):
        zero_point = weights.quantization.zero_point[0] if weights.quantization is not None else 0
        widths = ((0, 0), (0, missing[0]), (0, missing[1]), (0, 0))
        weights = Constant(np.pad(weights.array, widths, constant_values=zero_point), weights.quantization)
        full = [f + m for f, m in zip(full, missing, strict=True)]
    kernel = weights.array.shape[1:3]
    inputs = [importer.nhwc(node), importer.add_constant(weights, node.inputs[1])]
    if node.has(2):
        inputs.append(importer.tensor(node.inputs[2]))
    name = node.outputs[0]
    same = all(
        size[i] == x[2 + i] * stride[i] and kernel[i] >= stride[i] and begin[i] == (kernel[i] - stride[i]) // 2
        for i in range(2)
    )
    if same or (begin == [0, 0] and size == full):
        op = TransposeConv(stride=stride, padding="same" if same else "valid", output_size=(size[0], size[1]))
        importer.bind_nchw(node, importer.emit(op, inputs, name, dtype="float32"))
        return
    op = TransposeConv(stride=stride, padding="valid", output_size=(full[0], full[1]))
    tensor = importer.emit(op, inputs, f"{name}_full", dtype="float32")
    n, _, _, c = importer.graph.tensors[tensor].shape
    crop = StridedSlice(begin=(0, *begin, 0), end=(n, begin[0] + size[0], begin[1] + size[1], c), strides=(1, 1, 1, 1))
    importer.bind_nchw(node, importer.emit(crop, [tensor], name))


def _pads(
    node: OnnxNode, x: tuple[int, ...], kernel: Pair, stride: Pair, extra: list[int]
) -> tuple[list[int], list[int]]:
    """Where the result begins within the full one, and its size."""
    full = [(x[2 + i] - 1) * stride[i] + kernel[i] for i in range(2)]
    auto = node.attribute("auto_pad", "NOTSET")
    shape = node.integers("output_shape", [])[-2:]
    if shape or auto in ("SAME_UPPER", "SAME_LOWER"):
        size = shape or [x[2 + i] * stride[i] for i in range(2)]
        node.require(len(size) == 2 and min(size) > 0, "output_shape must be positive", size)
        total = [max(full[i] + extra[i] - size[i], 0) for i in range(2)]
        begin = [t // 2 if auto == "SAME_UPPER" else t - t // 2 for t in total]
    else:
        pads = node.integers("pads", [0, 0, 0, 0], 4) if auto == "NOTSET" else [0, 0, 0, 0]
        node.require(min(pads) >= 0, "pads must not be negative", pads)
        begin = pads[:2]
        size = [full[i] + extra[i] - pads[i] - pads[i + 2] for i in range(2)]
    node.require(min(size) >= 1 and max(size) < 1 << 16, "the output must have a positive size", size)
    node.require(all(b + s - f < 1 << 8 for b, s, f in zip(begin, size, full, strict=True)), "pads don't fit", size)
    return begin, size


def _dense(node: OnnxNode, value: Constant, group: int) -> Constant:
    """Weights (Ci, Co / group, Kh, Kw) as (Co, Kh, Kw, Ci), zero between the groups."""
    ci, part, kh, kw = value.array.shape
    if group > MAX_GROUPS:
        raise node.unsupported(f"{group} groups are not supported, at most {MAX_GROUPS} are")
    q = value.quantization
    if q is not None and q.axis is not None and (q.axis != 1 or group > 1):
        raise node.unsupported("weight scales must be per output channel, without groups")
    fill = 0 if q is None else q.zero_point[0]
    dense = np.full((part * group, kh, kw, ci), fill, value.array.dtype)
    for g in range(group):
        rows = slice(g * (ci // group), (g + 1) * (ci // group))
        dense[g * part : (g + 1) * part, :, :, rows] = value.array[rows].transpose(1, 2, 3, 0)
    return Constant(dense, None if q is None else Quantization(q.scale, q.zero_point, None if q.axis is None else 0))
