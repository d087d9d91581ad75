"""Convolution as a matrix product: filters padded to what a tensor core takes, and a table of their inputs."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call
from edgekit.backends.cuda.launch import Launch, array, number, taps, window, without_zero

DEPTH = 32  # bytes of a filter that one mma.sync.m16n8k32 takes
FEW = 8  # of a filter's bytes, or of channels: half of a tensor core's product would be padding
UNITS = (16, 4, 1)


def pack(call: Call, tensor_cores: bool) -> Launch:
    weights = array(call, "weights")
    filters, depth = weights.shape[0], weights[0].size
    padded = -(-depth // DEPTH) * DEPTH
    packed = np.zeros((filters, padded), np.int8)
    packed[:, :depth] = weights.reshape(filters, depth)
    unit = next(u for u in UNITS if number(call, "in_c") % u == 0)
    fields = {
        **window(call, taps(call, unit, padded // unit)),
        **{name: call.fields[name] for name in ("out_c", "in_zero", "out_zero", "low", "high")},
        "depth": padded,
        "unit": unit,
        "weights": packed,
        "bias": without_zero(call, packed.sum(axis=1, dtype=np.int32)),
        "multiplier": call.fields["multiplier"],
        "shift": call.fields["shift"],
    }
    kernel = "conv_2d_mma" if tensor_cores and depth > FEW and filters >= FEW else "conv_2d_dp4a"
    return Launch(kernel, kernel, "ek_cuda_conv_2d_t", fields, call.inputs)
