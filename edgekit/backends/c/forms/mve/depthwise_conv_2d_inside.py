"""Depthwise convolution of very small pictures, only the taps inside: `firmware/src/depthwise_conv_2d_inside_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import ORDER
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve._small import folded, taps

OPERATOR = "depthwise_conv_2d"
LANES, EVEN = 8, 4
LARGEST_OFFSET = (1 << 16) - 1
LARGEST_PAIR = 255  # of magnitudes of weights: 128 times that is less than 2^15
MOST_BYTES = 8192  # of stream: larger pictures repay preparation


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    fields = call.fields
    in_size, outputs = layer.input(0).elements // layer.input(0).shape[0], layer.outputs[0].elements
    outputs //= layer.outputs[0].shape[0]
    if outputs % LANES or in_size > LARGEST_OFFSET or outputs * 12 > MOST_BYTES:
        return None
    found = folded(fields)
    if found is None:
        return None
    channels, multiplier, where = len(found.bias), integer(fields, "depth_multiplier"), taps(fields)
    pixels = len(where.inside)
    # by output: taps inside first, in their order
    order = np.argsort(~where.inside, axis=1, kind="stable")
    inside = np.take_along_axis(where.inside, order, 1)
    at = np.where(where.inside, (where.rows * integer(fields, "in_w") + where.columns) * integer(fields, "in_c"), 0)
    at = np.take_along_axis(at, order, 1)
    offsets = np.where(inside[:, None], at[:, None] + (np.arange(channels) // multiplier)[:, None], 0)
    weights = found.weights[None].repeat(pixels, 0)
    weights = np.where(inside[:, None], np.take_along_axis(weights, order[:, None].repeat(channels, 1), 2), 0)
    outside = np.where(where.inside[:, None], 0, found.weights.astype(np.int64)).sum(2)
    bias = found.bias + integer(fields, "in_zero") * outside  # which had the zero point of these taps
    units, longest = pixels * channels // LANES, offsets.shape[2]
    count = inside.sum(1).repeat(channels).reshape(units, LANES).max(1)
    pairs = np.maximum(1, -(-count // 2))
    even = np.zeros((2, units, LANES, longest + longest % 2), np.int64)
    even[..., :longest] = offsets.reshape(units, LANES, longest), weights.reshape(units, LANES, longest)
    if np.any(np.abs(even[1]).reshape(units, LANES, -1, 2).sum(3) > LARGEST_PAIR):
        return None
    lanes = np.arange(pixels * channels).reshape(units, LANES)
    stream = _stream(found, bias.reshape(units, LANES), lanes % channels, even.swapaxes(2, 3), pairs)
    if stream.nbytes > MOST_BYTES:
        return None
    limited = (fields["low"], fields["high"]) != (-128, 127)
    return Call(
        "depthwise_conv_2d_inside_mve" + "_clamped" * limited,
        {
            "units": stream, "unit_count": units, "batches": fields["batches"], "in_size": in_size,
            **{name: fields[name] for name in ("out_zero", "low", "high")},
        },
        source="depthwise_conv_2d_inside_mve",
    )  # fmt: skip


def _stream(
    found: Folded, bias: NDArray[np.int64], channels: NDArray[np.int64], of_taps: NDArray[np.int64],
    pairs: NDArray[np.int64],
) -> NDArray[np.int32]:  # fmt: skip
    """Of units of 8 outputs: bias and channels of each, offsets and weights (2, units, taps, 8)."""
    parts = []
    for i, n in enumerate(pairs):
        parts += [np.array([n], "<i4").tobytes(), bias[i, ORDER].astype("<i4").tobytes()]
        for offsets, weights in zip(*of_taps[:, i, : 2 * n], strict=True):
            parts += [offsets.astype("<u2").tobytes(), weights.astype(np.int8).tobytes()]
        of = channels[i, ORDER].reshape(2, EVEN)
        both = np.stack([found.multiplier[of], found.second[of]], 1)
        parts.append(both.astype("<i4").tobytes())
    return np.frombuffer(b"".join(parts), "<i4").astype(np.int32)
