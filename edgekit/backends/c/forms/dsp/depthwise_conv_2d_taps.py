"""Depthwise convolution of any window, four channels at a time: `firmware/src/depthwise_conv_2d_taps_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "depthwise_conv_2d"
GROUP = 4
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "kernel_h", "kernel_w", "stride_h", "stride_w",
    "dilation_h", "dilation_w", "pad_top", "pad_left", "in_zero", "out_zero", "low", "high",
)  # fmt: skip


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    fields = call.fields
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, taps = x.shape[3], w.shape[1] * w.shape[2]
    if fields["depth_multiplier"] != 1 or channels < GROUP:
        return None
    weights = layer.data(1).reshape(taps, channels).T
    real = effective_scale(x, w, y)
    folded = fold(weights, bias_of(layer, channels), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    pairs = -(-taps // 2)
    wide = np.zeros((channels, 2 * pairs), np.int16)
    wide[:, :taps] = folded.halves
    words = wide.view(np.int32)  # the first tap in the lower half
    requantization = np.stack([folded.multiplier, folded.divider], axis=1).astype(np.int32)
    starts = [*range(0, channels - GROUP + 1, GROUP), *([channels - GROUP] if channels % GROUP else [])]
    groups = [
        np.concatenate([folded.start[own].astype(np.int32), words[own].T.ravel(), requantization[own].ravel()])
        for own in (slice(start, start + GROUP) for start in starts)
    ]
    return Call(
        "depthwise_conv_2d_taps_dsp",
        {**{name: fields[name] for name in KEPT}, "pairs": pairs, "groups": np.stack(groups).astype(np.int32)},
        scratch=16 * pairs + -(-channels // 4) * 4,
    )
