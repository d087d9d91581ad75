"""Depthwise convolution in words of four channels, where they are as many; else as it is."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call
from edgekit.backends.cuda.launch import Launch, array, as_it_is, number, taps, window, without_zero

WORD = 4


def pack(call: Call, tensor_cores: bool) -> Launch:
    channels = number(call, "in_c")
    if number(call, "depth_multiplier") != 1 or channels % WORD:
        return as_it_is(call)
    weights = array(call, "weights").reshape(-1, channels)
    quads = -(-len(weights) // WORD)
    packed = np.zeros((quads * WORD, channels), np.int8)
    packed[: len(weights)] = weights
    table = taps(call, channels, quads * WORD)  # of the first channel; a thread adds its own
    fields = {
        **window(call, table),
        **{name: call.fields[name] for name in ("in_zero", "out_zero", "low", "high")},
        "quads": quads,
        "weights": packed.reshape(quads, WORD, channels // WORD, WORD).transpose(2, 0, 3, 1),
        "bias": without_zero(call, packed.sum(axis=0, dtype=np.int32)),
        "multiplier": call.fields["multiplier"],
        "shift": call.fields["shift"],
    }
    kernel = "depthwise_conv_2d_dp4a"
    return Launch(kernel, kernel, "ek_cuda_depthwise_conv_2d_t", fields, call.inputs)
