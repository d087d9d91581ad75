"""Depthwise convolution: by patches, by planes, by strips; of one channel as an ordinary convolution too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import products
from edgekit.backends.c.forms.mve._patches import patches
from edgekit.backends.c.forms.mve._plane import plane
from edgekit.backends.c.forms.mve._strips import strips
from edgekit.backends.c.forms.mve.conv_2d import GEOMETRY


def form(layer: Layer, call: Call) -> list[Call]:
    fields = call.fields
    if fields["in_c"] == 1:
        weights = np.asarray(fields["weights"])
        by_channels = replace(call, fields={**fields, "weights": weights.reshape(-1, weights.shape[-1]).T})
        geometry = {**{n: fields[n] for n in GEOMETRY if n != "out_c"}, "out_c": weights.shape[-1]}
        return [*products(by_channels, geometry), *plane(call)]
    return [*(found for found in (patches(call), strips(call)) if found is not None), *plane(call)]
