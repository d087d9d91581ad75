"""What every channel of the int8 tensors of a graph can be, whatever the input: intervals, carried from layer to layer.

They hold under each arithmetic of `edgekit.reference.arithmetics`: an end is rounded both ways by as much as their
requantizations differ from the real number (see `_rounded`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.operator import window_padding
from edgekit.graph.ops.mean import Mean
from edgekit.reference.arithmetic import AWAY, EVEN, EVEN_SUM, INT32_MAX, activation_range
from edgekit.reference.requantize import effective_scale

Ints = NDArray[np.int64]
Range = tuple[Ints, Ints]
"""The lowest and the highest value of each index of the last axis."""

SLACK = 0.05  # output steps by which averages and sums of two tensors may differ from the real number
POOLS = ("average_pool_2d", "max_pool_2d")
WEIGHTED = ("conv_2d", "depthwise_conv_2d", "fully_connected")


def ranges(graph: Graph) -> dict[str, Range]:
    """Of every activation that is int8 with one scale."""
    found: dict[str, Range] = {}
    for name in graph.inputs:
        if plain(graph.tensors[name]):
            found[name] = _any(graph.tensors[name])
    for node in graph.nodes:
        rule = RULES.get(node.op.name)
        for name in node.outputs:
            if plain(graph.tensors[name]):
                known = rule is not None and all(plain(t) for t in graph.node_inputs(node)[: _data_inputs(node)])
                made = rule(graph, node, found) if known and rule is not None else None
                found[name] = made if made is not None else _any(graph.tensors[name])
    return found


def plain(tensor: Tensor | None) -> bool:
    """Whether it is an int8 activation with one scale and at least one axis."""
    if tensor is None or tensor.is_constant or tensor.dtype != "int8" or not tensor.shape:
        return False
    return tensor.quantization is not None and tensor.quantization.scale.size == 1


def weights_of(graph: Graph, node: Node) -> tuple[Ints, Ints] | None:
    """Weights and bias (zeros where there is none) of a layer whose weights are constant int8 without a zero point."""
    inputs = graph.node_inputs(node)
    w, bias = inputs[1], inputs[2] if len(inputs) > 2 else None
    if w is None or w.data is None or w.dtype != "int8" or w.quantization is None or np.any(w.quantization.zero_point):
        return None
    channels = w.shape[3] if node.op.name == "depthwise_conv_2d" else w.shape[0]
    if bias is None:
        return w.data.astype(np.int64), np.zeros(channels, np.int64)
    return None if bias.data is None else (w.data.astype(np.int64), bias.data.astype(np.int64))


def padded(graph: Graph, node: Node) -> bool:
    """Whether a window of a convolution can lie partly outside its input, where the zero point stands."""
    if node.op.name == "fully_connected":
        return False
    x, w, y = (graph.tensors[str(n)].shape for n in (*node.inputs[:2], node.outputs[0]))
    op: Any = node.op
    sides = [(x[i], w[i], op.stride[i - 1], op.dilation[i - 1], y[i]) for i in (1, 2)]
    return any(window_padding(*side) != (0, 0) for side in sides)


def columns(features: int, channels: int) -> Ints | None:
    """The channel that each of `features` values belongs to that are some pixels of `channels`; None where they are no
    whole pixels."""
    return np.arange(features) % channels if features % channels == 0 else None


def _data_inputs(node: Node) -> int:
    return 2 if node.op.name == "add" else 1


def _any(tensor: Tensor) -> Range:
    channels = tensor.shape[-1]
    return np.full(channels, -128, np.int64), np.full(channels, 127, np.int64)


def _weighted(graph: Graph, node: Node, found: dict[str, Range]) -> Range | None:
    constants, (x, y) = weights_of(graph, node), (graph.tensors[str(n)] for n in (node.inputs[0], node.outputs[0]))
    if constants is None:
        return None
    w, bias = constants
    index = columns(w.shape[-1], x.shape[-1])
    if node.op.name == "depthwise_conv_2d":
        index = np.repeat(np.arange(x.shape[-1]), w.shape[-1] // x.shape[-1])
    if index is None:
        return None
    low, high = (end[index] - x.zero_point for end in found[x.name])
    if padded(graph, node):
        low, high = np.minimum(low, 0), np.maximum(high, 0)
    axes = (0, 1, 2) if node.op.name == "depthwise_conv_2d" else tuple(range(1, w.ndim))
    sums = [bias + end(w * low, w * high).sum(axes) for end in (np.minimum, np.maximum)]
    weights = graph.tensors[str(node.inputs[1])]
    real = np.broadcast_to(effective_scale(x, weights, y), bias.shape)
    shift = np.maximum(0, np.frexp(real)[1])
    if any(np.any(np.abs(s) > INT32_MAX >> shift) for s in sums):  # an arithmetic may wrap around
        return None
    return _rounded([s * real for s in sums], _slack(real), y, node)


def _slack(real: NDArray[np.float64]) -> NDArray[np.float64]:
    """Output steps by which requantizations differ before they round for good: those that round twice do so first at a
    bit that a right shift by e loses, by 2^-(e + 1) at the most; multipliers have 24 bits or more."""
    result: NDArray[np.float64] = np.where(real < 0.5, np.ldexp(1.0, np.frexp(real)[1]) / 2, 1.0) + 2.0**-12
    return result


def _rounded(ends: Any, slack: Any, y: Tensor, node: Node) -> Range:
    """Real outputs less the zero point, as integers: both ends as far apart as any arithmetic may have them."""
    kind, scale, zero = getattr(node.op, "activation", "none"), float(y.scale), y.zero_point
    bounds = [activation_range(kind, scale, zero, y.dtype, ties) for ties in (AWAY, EVEN, EVEN_SUM)]
    low = np.clip(np.ceil(ends[0] - slack - 0.5) + zero, *(min(b) for b in zip(*bounds, strict=True)))
    high = np.clip(np.floor(ends[1] + slack + 0.5) + zero, *(max(b) for b in zip(*bounds, strict=True)))
    return low.astype(np.int64), high.astype(np.int64)


def _pool(graph: Graph, node: Node, found: dict[str, Range]) -> Range:
    """Of averages and maxima, in which nothing outside the input takes part."""
    x, y = graph.tensors[str(node.inputs[0])], graph.tensors[node.outputs[0]]
    ratio = float(x.scale) / float(y.scale)
    slack = 0.0 if (ratio, x.zero_point) == (1.0, y.zero_point) else SLACK
    return _rounded([(end - x.zero_point) * ratio for end in found[x.name]], slack, y, node)


def _mean(graph: Graph, node: Node, found: dict[str, Range]) -> Range | None:
    assert isinstance(node.op, Mean)
    channel_axis = len(graph.tensors[str(node.inputs[0])].shape) - 1
    return None if channel_axis in node.op.axes else _pool(graph, node, found)


def _add(graph: Graph, node: Node, found: dict[str, Range]) -> Range | None:
    (a, b), y = (graph.tensors[str(n)] for n in node.inputs[:2]), graph.tensors[node.outputs[0]]
    if a.shape != b.shape:
        return None
    ends = [
        sum((found[t.name][end] - t.zero_point) * (float(t.scale) / float(y.scale)) for t in (a, b)) for end in (0, 1)
    ]
    return _rounded(ends, SLACK, y, node)


def _reshape(graph: Graph, node: Node, found: dict[str, Range]) -> Range | None:
    x, y = graph.tensors[str(node.inputs[0])], graph.tensors[node.outputs[0]]
    index = columns(y.shape[-1], x.shape[-1])
    return None if index is None else (found[x.name][0][index], found[x.name][1][index])


Rule = Callable[[Graph, Node, dict[str, Range]], Range | None]
RULES: dict[str, Rule] = {"mean": _mean, "add": _add, "reshape": _reshape}
RULES |= dict.fromkeys(WEIGHTED, _weighted) | dict.fromkeys(POOLS, _pool)
