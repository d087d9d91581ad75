"""Fully connected layer: of many rows a convolution of pixels, of few a sum for each output."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.backends.c.call import Call
from edgekit.backends.cuda.launch import Launch, array, number, without_zero
from edgekit.backends.cuda.pack import conv_2d

ROWS = 16  # from so many on, weights are read once for several rows


def pack(call: Call, tensor_cores: bool) -> Launch:
    weights, channels = array(call, "weights"), number(call, "out_c")
    every = {name: np.broadcast_to(array(call, name), (channels,)).copy() for name in ("multiplier", "shift")}
    if number(call, "batches") >= ROWS:
        ones = ("in_h", "in_w", "out_h", "out_w", "kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h")
        fields = {**call.fields, **every, **dict.fromkeys((*ones, "dilation_w"), 1), "pad_top": 0, "pad_left": 0}
        return conv_2d.pack(replace(call, fields={**fields, "weights": weights[:, None, None, :]}), tensor_cores)
    fields = {
        **{name: call.fields[name] for name in ("batches", "in_c", "out_c", "out_zero", "low", "high")},
        "weights": weights,
        "bias": without_zero(call, weights.sum(axis=1, dtype=np.int32)),
        **every,
    }
    kernel = "fully_connected_dp4a"
    return Launch(kernel, kernel, "ek_cuda_fully_connected_t", fields, call.inputs)
