"""Convolution of a picture so small that a fully connected layer computes it, with weights of 0 between pixels that do
not meet: each input is expanded once for four outputs, and nothing is padded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._few import few
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._narrow import narrow
from edgekit.graph import Tensor
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
MOST = 2048  # weights of the connected layer, which take two bytes each


def form(layer: Layer, call: Call) -> list[Call] | None:
    """None where the connected layer is not small, or inputs are in groups."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    weights, x = layer.data(1), layer.input(0)
    pixels, inputs = f["out_h"] * f["out_w"], f["in_h"] * f["in_w"] * f["in_c"]
    pointwise = weights.shape[1:3] == (1, 1) and f["in_h"] * f["in_w"] == 1
    if weights.shape[3] != f["in_c"] or pixels * f["out_c"] * inputs > MOST or pointwise:
        return None
    real = np.broadcast_to(effective_scale(x, layer.input(1), layer.outputs[0]), (f["out_c"],))
    w = Tensor.constant("weights", connected(weights, f))
    bias = Tensor.constant("bias", np.tile(bias_of(layer, f["out_c"]), pixels))
    dense, lines = replace(layer, inputs=[x, w, bias]), Lines(f["batches"], inputs)
    first = few(dense, call, np.tile(real, pixels), lines)
    others = narrow(dense, call, np.tile(real, pixels), lines)
    return [*([] if first is None else [first]), *(others or [])] or None


def connected(weights: NDArray[np.int8], f: dict[str, int]) -> NDArray[np.int8]:
    """(outputs, inputs) of a picture: the weights of each output's window where they meet the input."""
    dense = np.zeros((f["out_h"], f["out_w"], f["out_c"], f["in_h"], f["in_w"], f["in_c"]), np.int8)
    for oy, ox, ky, kx in np.ndindex(f["out_h"], f["out_w"], *weights.shape[1:3]):
        y = oy * f["stride_h"] - f["pad_top"] + ky * f["dilation_h"]
        x = ox * f["stride_w"] - f["pad_left"] + kx * f["dilation_w"]
        if 0 <= y < f["in_h"] and 0 <= x < f["in_w"]:
            dense[oy, ox, :, y, x] = weights[:, ky, kx]
    return dense.reshape(f["out_h"] * f["out_w"] * f["out_c"], -1)
