"""Depthwise convolution: by patches where the kernel is small, by strips, of one channel as an ordinary convolution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import products
from edgekit.backends.c.forms.mve._patches import patches
from edgekit.backends.c.forms.mve._strips import strips
from edgekit.backends.c.forms.mve.conv_2d import GEOMETRY


def form(layer: Layer, call: Call) -> list[Call]:
    fields = call.fields
    if fields["in_c"] == 1:
        weights = np.asarray(fields["weights"])
        by_channels = replace(call, fields={**fields, "weights": weights.reshape(-1, weights.shape[-1]).T})
        return products(by_channels, {**{n: fields[n] for n in GEOMETRY if n != "out_c"}, "out_c": weights.shape[-1]})
    by_strips = strips(call)
    return [*patches(call), *([by_strips] if by_strips else [])]
