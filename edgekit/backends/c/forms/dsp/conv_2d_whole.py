"""Convolution of pictures of one, four or nine values: `firmware/src/conv_2d_whole_dsp.c`."""

from __future__ import annotations

from itertools import product

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
VALUES = {1: (0, -1), 4: (0, 2, 1, 3), 9: (0, 2, 1, 3, 8, -1, 4, 6, 5, 7)}  # a picture's, in the order of the halfwords
CODE = {1: 24, 4: 28, 9: 42}  # bytes for an output
TURN = 8  # outputs
MOST = 128  # outputs of a picture: each has its own weights


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    x, weights = layer.input(0), layer.data(1)
    height, width, channels = x.shape[1:]
    values, out_c = height * width * channels, weights.shape[0]
    outputs = f["out_h"] * f["out_w"] * out_c
    if values not in VALUES or weights.shape[3] != channels or outputs > MOST or (values == 9 and outputs % 2):
        return None
    if (f["low"], f["high"]) != (-128, 127):
        return None
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    folded = fold(weights.reshape(out_c, -1), bias_of(layer, out_c), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    halves = folded.halves.reshape(weights.shape)
    spread = np.zeros((f["out_h"], f["out_w"], out_c, height, width, channels), np.int16)
    for oy, ox, ky, kx in product(range(f["out_h"]), range(f["out_w"]), *map(range, weights.shape[1:3])):
        row = oy * f["stride_h"] + ky * f["dilation_h"] - f["pad_top"]
        column = ox * f["stride_w"] + kx * f["dilation_w"] - f["pad_left"]
        if 0 <= row < height and 0 <= column < width:
            spread[oy, ox, :, row, column] = halves[:, ky, kx]
    used = spread.reshape(-1, out_c, values)
    outside = halves.reshape(out_c, -1).sum(axis=1, dtype=np.int64) - used.sum(axis=2, dtype=np.int64)
    order = np.array(VALUES[values])
    words = np.where(order < 0, 0, used[:, :, order]).astype(np.int16, order="C")
    constants = np.stack([folded.multiplier, folded.divider, np.full(out_c, f["out_zero"])], axis=1)
    start = (folded.start + x.zero_point * outside)[:, :, None]
    constants = np.broadcast_to(constants, (len(used), *constants.shape))
    stream = np.concatenate([start, words.view(np.int32), constants], axis=2).astype(np.int32).reshape(-1)
    fields = {"stream": stream, "skip": -outputs % TURN * CODE[values], "bytes": stream.nbytes, "samples": x.shape[0]}
    return Call(f"conv_2d_whole_{values}_dsp", fields, source="conv_2d_whole_dsp")
