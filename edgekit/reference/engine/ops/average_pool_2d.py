"""2-D average pooling in the engine: a depthwise convolution with ones, then the page's division as a staircase."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present, window_padding
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.arithmetic import activation_range
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.engine import ramp
from edgekit.reference.engine.lowering import Lowering
from edgekit.reference.engine.stairs import Stairs
from edgekit.reference.engine.weighted import Wiring

MOST = 1 << 12  # values in a window: all their sums are looked at


def lower(
    op: AveragePool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic,
    graph: Lowering, names: Sequence[str],
) -> str | None:  # fmt: skip
    x, output, count = present(inputs[0], "input"), outputs[0], prod(op.window)
    pads = [window_padding(x.shape[1 + i], op.window[i], op.stride[i], 1, output.shape[1 + i]) for i in range(2)]
    low, high = activation_range(op.activation, float(output.scale), output.zero_point, output.dtype)
    if any(map(any, pads)) or count > MOST or high <= low:
        return None  # windows at the edge divide by less
    sums = np.arange(-128 * count, 127 * count + 1)
    page = np.sign(sums) * ((np.abs(sums) + count // 2) // count)
    levels = np.arange(low + 1, high + 1)[:, None]
    stairs = Stairs(
        sums[0] + np.searchsorted(page, levels), levels - output.zero_point, levels <= page[-1], levels > page[0],
        np.array([128 * count]), np.array([1 / count]),
    )  # fmt: skip
    form = ramp.fit(stairs)
    if form is None:
        return None
    channels = x.shape[3]
    wiring = Wiring(
        DepthwiseConv2D(stride=op.stride), x, output, graph, names[0], np.ones((channels, 1, *op.window), np.int64),
        np.full(channels, count * output.zero_point), np.arange(channels), np.zeros(channels, np.int64),
        (low - output.zero_point, high - output.zero_point),
    )  # fmt: skip
    return wiring.short(form)
