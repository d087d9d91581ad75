"""What the convolutions share: exact accumulators, then the short or the long way to requantize them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.graph.operator import present, window_padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.arithmetic import Ints, activation_range, quantize_multipliers
from edgekit.reference.engine import ramp, remainder
from edgekit.reference.engine.lowering import MAGIC, Lowering
from edgekit.reference.engine.stairs import Stairs
from edgekit.reference.matmul import bias_of
from edgekit.reference.requantize import effective_scale
from edgekit.reference.steps import first_reaching

FEW = 4  # channels of an image: the convolution takes them unblocked


def lower(
    op: Conv2D | DepthwiseConv2D,
    inputs: Sequence[Tensor | None],
    output: Tensor,
    graph: Lowering,
    x: str,
    weights: Ints,
) -> str | None:
    """Append the convolution of value `x`; None where the accumulators are too large or no proof is found.

    Args:
        weights: (Co, Ci or 1, Kh, Kw).
    """
    source, w = present(inputs[0], "input"), present(inputs[1], "weights")
    bias = bias_of(inputs, len(weights)).astype(np.int64)
    limit = _limit(weights.reshape(len(weights), -1), source.zero_point)
    multipliers = quantize_multipliers(effective_scale(source, w, output))
    m, shift = (np.array(np.broadcast_to(v, bias.shape)) for v in multipliers)
    zero_point = output.zero_point
    low, high = activation_range(op.activation, float(output.scale), zero_point, output.dtype)
    found = first_reaching(m, shift, bias, zero_point, low, high, limit)
    if found is None:
        return None
    first, _ = found
    reached, after = first <= limit, first > -limit
    dead = ~(reached & after).any(axis=0)  # the same level whatever the input; biases of any size
    level = np.where(dead, low + (~after).sum(axis=0) - zero_point, 0)
    live = np.flatnonzero(~dead)
    stairs = Stairs(
        (first + bias)[:, live], np.arange(low + 1, high + 1)[:, None] - zero_point, reached[:, live], after[:, live],
        (limit + np.abs(bias))[live], np.ldexp(m[live].astype(np.float64), shift[live] - 31),
    )  # fmt: skip
    if (stairs.reach > ramp.EXACT).any():
        return None
    wiring = Wiring(op, source, output, graph, x, weights, bias, live, level, (low - zero_point, high - zero_point))
    fast = ramp.fit(stairs)
    if fast is not None:
        return wiring.short(fast)
    signed = (low < zero_point) & (shift[live] < 0)
    precise = remainder.fit(stairs, np.where(signed, np.ldexp(1.0, np.minimum(shift[live], 0) - 1), 0.0))
    return None if precise is None else wiring.long(precise)


def _limit(rows: Ints, zero_point: int) -> Ints:
    """The largest magnitude of any partial sum of (x - zero point) * weights: 0 is among the values of x - zp."""
    ends = rows * (-128 - zero_point), rows * (127 - zero_point)
    return np.asarray(np.maximum(np.maximum(*ends).sum(axis=1), -np.minimum(*ends).sum(axis=1)))


@dataclass(frozen=True)
class Wiring:
    """One convolution and its requantization. live: channels that are not dead; level: (Co,) values of the dead."""

    op: Conv2D | DepthwiseConv2D
    source: Tensor
    output: Tensor
    graph: Lowering
    x: str
    weights: Ints
    bias: Ints
    live: Ints
    level: Ints
    bounds: tuple[int, int]

    @property
    def dead(self) -> NDArray[np.bool_]:
        return ~np.isin(np.arange(self.level.size), self.live)

    def conv(self, scale: Ints, offset: Ints | int) -> str:
        """scale * (accumulator + bias) + offset, dead channels 0."""
        scales, bias = self.all(scale), self.all(scale * self.bias[self.live] + offset)
        kernel, group = self.weights.shape[2:], 1
        weights, x = self.weights * scales[:, None, None, None].astype(np.int64), self.x
        if isinstance(self.op, DepthwiseConv2D) or self.graph.channels[x] > FEW:
            x = self.graph.blocked(x)
        if isinstance(self.op, DepthwiseConv2D):
            group = self.graph.channels[x]
        else:
            extra = self.graph.channels[x] - weights.shape[1]
            weights = np.pad(weights, ((0, 0), (0, extra), (0, 0), (0, 0)))
        pads = [
            window_padding(self.source.shape[1 + i], kernel[i], self.op.stride[i], self.op.dilation[i],
                           self.output.shape[1 + i])
            for i in range(2)
        ]  # fmt: skip
        return self.graph.conv(
            x, weights, bias, group=group, strides=list(self.op.stride), dilations=list(self.op.dilation),
            pads=[pads[0][0], pads[1][0], pads[0][1], pads[1][1]],
        )  # fmt: skip

    def all(self, values: NDArray[Any] | int) -> NDArray[np.float64]:
        """Values of the live channels among zeros for the dead."""
        result = np.zeros(self.level.size)
        result[self.live] = values
        return result

    def short(self, form: ramp.Ramp) -> str:
        graph = self.graph
        if form.sign.any():
            base = self.conv(form.scale, 0)
            sign = graph.clip(graph.scaled(base, 1), -1, 1)
            base = graph.scaled(sign, self.all(form.sign), self.all(form.offset), plus=base)
        else:
            base = self.conv(form.scale, form.offset)
        rounded = graph.scaled(base, self.all(form.mul), MAGIC)
        return graph.clip(graph.scaled(rounded, 1, self.level + self.all(form.center) - MAGIC), *self.bounds)

    def long(self, form: remainder.Remainder) -> str:
        graph, sharp, (lowest, highest) = self.graph, remainder.SHARP, self.bounds
        acc = self.conv(np.ones_like(self.live), form.shift)
        magic = np.where(self.dead, MAGIC + np.maximum(self.level, lowest + 1), MAGIC)
        near = graph.clip(graph.scaled(acc, self.all(form.mul), magic), MAGIC + lowest + 1, MAGIC + highest)
        near = graph.scaled(near, 1, -MAGIC)
        rest = graph.scaled(near, -self.all(form.divisor), plus=acc)
        rest = graph.scaled(near, -self.all(form.rest), plus=rest)
        if form.half is not None:
            sign = graph.clip(graph.scaled(acc, 1, -self.all(form.shift)), -1, 1)
            rest = graph.scaled(sign, self.all(form.half), plus=rest)
        offset = np.where(self.dead, np.where(self.level > lowest, 1, -1), self.all(form.offset) * sharp)
        side = graph.clip(graph.scaled(rest, self.all(form.mul) * sharp, offset), -0.5, 0.5)
        return graph.scaled(side, 1, -0.5, plus=near)
