"""Depthwise convolution: by patches where the kernel is small, else 8 channels at a time."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER, requantization
from edgekit.backends.c.forms.mve._patches import patches
from edgekit.backends.c.forms.mve._requantize import fold

KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "kernel_h", "kernel_w", "stride_h", "stride_w",
    "dilation_h", "dilation_w", "pad_top", "pad_left", "in_zero", "out_zero", "low", "high",
)  # fmt: skip


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    if fields["depth_multiplier"] != 1:
        return None
    best = patches(call)
    if best is not None:
        return best
    weights = np.asarray(fields["weights"])
    found = fold(fields, weights.reshape(-1, weights.shape[-1]).T)
    channels, taps = found.weights.shape
    wide = np.zeros((taps, -(-channels // BLOCK) * BLOCK), np.int8)
    wide[:, :channels] = found.weights.T
    blocks = wide.reshape(taps, -1, BLOCK).transpose(1, 0, 2)
    return Call(
        "depthwise_conv_2d_mve",
        {
            **{name: fields[name] for name in KEPT},
            **requantization(found, bias_order=ORDER),
            "weights": np.ascontiguousarray(blocks).reshape(-1),
        },
    )
