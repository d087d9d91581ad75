"""Convolution of one channel, which is a depthwise one with a filter for each output: planes, as of that.

Windows of several gathers take fewer cycles than `conv_2d_inside_mve.c`, but more instructions where that has 8 outputs
of a pixel in its 8 lanes: they are left out there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve import conv_2d_inside, depthwise_conv_2d_chunks, depthwise_conv_2d_plane
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR = "conv_2d"
LANES = 8


def form(layer: Layer, call: Call) -> list[Call]:
    fields = dict(call.fields)
    out_c, height, width = (integer(fields, name) for name in ("out_c", "kernel_h", "kernel_w"))
    if integer(fields, "in_c") != 1 or height * width == 1:  # of one tap other forms gather nothing first
        return []
    weights = np.asarray(fields["weights"]).reshape(out_c, height, width)
    fields |= {"weights": np.moveaxis(weights, 0, -1)[None], "depth_multiplier": out_c}
    depthwise = replace(call, kernel="depthwise_conv_2d", fields=fields)
    found = depthwise_conv_2d_plane.form(layer, depthwise)
    inside = out_c % LANES == 0 and conv_2d_inside.form(layer, call)
    return found if inside else [*found, *depthwise_conv_2d_chunks.form(layer, depthwise)]
