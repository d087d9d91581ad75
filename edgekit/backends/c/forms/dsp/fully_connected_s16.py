"""Fully connected layer, 16x8: a 1x1 convolution whose pixels are the samples."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._pack_s16 import call_of

OPERATOR, TYPE = "fully_connected", "int16"


def form(layer: Layer, call: Call) -> Call | None:
    """None where an accumulator may leave int32."""
    rows = call.fields["batches"]
    geometry: dict[str, Value] = {"batches": 1, "in_h": 1, "in_w": rows, "out_h": 1, "out_w": rows}
    geometry |= {name: call.fields[name] for name in ("in_c", "out_c")}
    geometry |= {"kernel_h": 1, "kernel_w": 1, "stride_h": 1, "stride_w": 1, "pad_top": 0, "pad_left": 0}
    return call_of(np.asarray(call.fields["weights"]), call, geometry)
