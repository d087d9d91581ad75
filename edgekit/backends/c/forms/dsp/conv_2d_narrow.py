"""Convolution of 1x1 taps and few inputs."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._narrow import fits, narrow
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
PLACES = ("batches", "in_h", "in_w", "in_c", "out_h", "out_w", "stride_h", "stride_w")


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w = call.fields, layer.input(0), layer.input(1)
    if w.shape[1:3] != (1, 1) or w.shape[3] != x.shape[3] or not fits(x.shape[3]) or f["pad_top"] or f["pad_left"]:
        return None
    pixels: dict[str, Value] = {name: f[name] for name in PLACES}
    dims = [int(n) for n in (*x.shape[:3], *layer.outputs[0].shape[1:3])]
    if dims[1:3] == dims[3:]:  # all pixels in one row
        count = dims[0] * dims[1] * dims[2]
        pixels |= {"batches": 1, "in_h": 1, "out_h": 1, "in_w": count, "out_w": count}
    return narrow(layer, call, effective_scale(x, w, layer.outputs[0]), pixels)
